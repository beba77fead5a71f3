"""A peer that answers on a file of OpenStreetMap, as a program of its own: `road_peers.py ENGINE FILE FOLDER`.

It runs in another Python than citybase's, one that has `pyvalhalla` and `osrm-bindings` (Python 3.12 or newer), and
needs nothing of citybase. Each line of its input is an order: a question in JSON (`sources` to one `target`, lon and
lat) is taken, `run` answers it and says the seconds, `times` says the answer, in seconds of travel. `valhalla-access`
takes one kind of order, a list of places, and says which edges lie at each and whom they let pass.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

#: `valhalla` picks its way itself, as it does for who asks its service; `valhalla-one` is told to sweep from the one
#: place, which is faster here.
ENGINES = ("valhalla", "valhalla-one", "osrm-mld", "osrm-ch", "valhalla-access")

Ask = Callable[[dict[str, Any]], Callable[[], Any]]
Times = Callable[[Any], list[float | None]]


def valhalla(file: Path, folder: Path, one_to_many: bool) -> tuple[Ask, Times]:
    """Valhalla's matrix by car. The question is written beforehand and the answer read afterwards, off the clock."""
    import valhalla

    config = _valhalla_tiles(file, folder)
    if one_to_many:
        config["thor"]["source_to_target_algorithm"] = "timedistancematrix"
    config["service_limits"]["auto"].update(max_locations=100_000, max_matrix_location_pairs=10_000_000)
    actor = valhalla.Actor(config)

    def asked(question: dict[str, Any]) -> Callable[[], Any]:
        places = [{"lon": lon, "lat": lat} for lon, lat in (*question["sources"], question["target"])]
        text = json.dumps(
            {"sources": places[:-1], "targets": places[-1:], "costing": "auto", "verbose": False}
        )
        return lambda: actor.matrix(text)

    return asked, lambda answer: [row[0] for row in json.loads(answer)["sources_to_targets"]["durations"]]


def valhalla_access(file: Path, folder: Path) -> Callable[[list[list[float]]], list[dict[str, Any]]]:
    """A function that gives for each place (lon, lat) what Valhalla has within a metre of it: `edges` as [OSM way,
    along it or not, metres, the modes that may], whoever may use them, and `nodes` as [kind, the modes that may]."""
    import valhalla

    actor = valhalla.Actor(_valhalla_tiles(file, folder))

    def found(places: list[list[float]]) -> list[dict[str, Any]]:
        near = {"radius": 1, "node_snap_tolerance": 1}
        locations = [{"lon": lon, "lat": lat, **near} for lon, lat in places]
        answer = actor.locate(json.dumps({"locations": locations, "costing": "none", "verbose": True}))
        return [
            {
                "edges": [
                    [
                        e["edge_info"]["way_id"],
                        e["edge"]["forward"],
                        e["distance"],
                        _modes(e["edge"]["access"]),
                    ]
                    for e in one["edges"] or ()
                ],
                "nodes": [[n["type"], _modes(n["access"])] for n in one["nodes"] or ()],
            }
            for one in json.loads(answer)
        ]

    return found


def _modes(access: dict[str, bool]) -> list[str]:
    return sorted(mode for mode, may in access.items() if may)


def _valhalla_tiles(file: Path, folder: Path) -> dict[str, Any]:
    """The settings of Valhalla with its tiles of the file, which are built where they are not."""
    import valhalla

    tiles = folder / "tiles"
    if _unbuilt(file, folder):
        tiles.mkdir()
        settings = folder / "settings.json"
        settings.write_text(
            json.dumps(valhalla.get_config(tile_extract="", tile_dir=str(tiles), verbose=False))
        )
        program = Path(valhalla.__file__).parent / "bin" / "valhalla_build_tiles"
        _run(str(program), "-c", str(settings), str(file))
        _built(file, folder)
    config: dict[str, Any] = valhalla.get_config(tile_extract="", tile_dir=str(tiles), verbose=False)
    return config


def osrm(file: Path, folder: Path, algorithm: str) -> tuple[Ask, Times]:
    """OSRM's table by car. The parameters are made beforehand and the answer read afterwards, off the clock."""
    import osrm

    base = folder / "roads.osrm"
    if _unbuilt(file, folder):
        copied = folder / "roads.osm.pbf"
        shutil.copy(file, copied)
        profile = Path(osrm.__file__).parent / "share" / "profiles" / "car.lua"
        command = (sys.executable, "-m", "osrm")
        _run(*command, "extract", "-p", str(profile), str(copied))
        for step in ("partition", "customize") if algorithm == "MLD" else ("contract",):
            _run(*command, step, str(base))
        _built(file, folder)
    engine = osrm.OSRM(
        algorithm=algorithm,
        storage_config=str(base),
        max_locations_distance_table=-1,
        use_shared_memory=False,
    )

    def asked(question: dict[str, Any]) -> Callable[[], Any]:
        n = len(question["sources"])
        parameters = osrm.TableParameters(
            coordinates=[tuple(p) for p in (*question["sources"], question["target"])],
            sources=list(range(n)),
            destinations=[n],
            annotations=["duration"],
            generate_hints=False,
        )
        return lambda: engine.Table(parameters)

    return asked, lambda answer: [row[0] for row in answer["durations"]]


def _mark(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _unbuilt(file: Path, folder: Path) -> bool:
    """Whether the folder has nothing of the file; then it is empty afterwards."""
    mark = folder / "built-of"
    if mark.exists() and mark.read_text() == _mark(file):
        return False
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return True


def _built(file: Path, folder: Path) -> None:
    (folder / "built-of").write_text(_mark(file))


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {(done.stderr or done.stdout)[-2000:]}")


def _say(**what: Any) -> None:
    print(json.dumps(what), flush=True)


def main(engine: str, file: Path, folder: Path) -> None:
    """Make what the engine needs of the file, say so, and follow orders until the input ends."""
    if engine == "valhalla-access":
        located = valhalla_access(file, folder)
        _say(ready=f"pyvalhalla {version('pyvalhalla')}")
        for line in sys.stdin:
            _say(found=located(json.loads(line)))
        return
    if engine.startswith("valhalla"):
        asked, times = valhalla(file, folder, engine == "valhalla-one")
    else:
        asked, times = osrm(file, folder, engine.removeprefix("osrm-").upper())
    package = "pyvalhalla" if engine.startswith("valhalla") else "osrm-bindings"
    _say(ready=f"{package} {version(package)}")
    work: Callable[[], Any] = lambda: None  # noqa: E731
    for line in sys.stdin:
        order = json.loads(line)
        if order == "run":
            begun = time.perf_counter()
            work()
            _say(s=time.perf_counter() - begun)
        elif order == "times":
            _say(times=times(work()))
        else:
            work = asked(order)
            _say(taken=len(order["sources"]))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
