"""Noisy questions to a million addresses: how fast, and how often right; against SQLite's FTS5 with trigrams."""

from __future__ import annotations

import random
import sqlite3
import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cim.city import City
from cim.geocoding import search
from cim.model.layer import Layer
from cim.settings import Settings
from cim.text.index import build, open_index, save
from layers import demo
from layers.demo import addresses
from tests.bench.measure import Row, seconds
from tests.bench.noise import SEED, Address, Noise, Question

#: Grows with every change of what is stored.
_VERSION = 1
#: The peer takes seconds for one question, so it is asked so many of them.
_PEERS_QUESTIONS = 100


@dataclass(frozen=True, slots=True)
class _Result:
    """What came of the questions: milliseconds of each, and the share that was right first and among five."""

    ms: list[float]
    first: float
    among_five: float

    @property
    def p95(self) -> float:
        return float(np.percentile(self.ms, 95))


def run(folder: Path, n: int, n_questions: int) -> list[Row]:
    """Over n addresses in a city with its areas; one question at a time, in process."""
    with _city(folder, n) as city:
        records = city.layer("addresses").table().to_pylist()
        by_text = {r["address"]: _parts(r) for r in records}
        noise, chosen = Noise(), random.Random(SEED)
        questions = [noise.question(_parts(chosen.choice(records))) for _ in range(n_questions)]
        city.texts.prepare(city.snapshots)
        search.search_city(city.state(), "五一大道", wait_s=None)
        while city.texts.texts_of(city.snapshot("addresses"), 60.0) is None:
            pass
        ours = _asked(
            questions,
            lambda q: [
                h.text for h in search.search_city(city.state(), q, limit=5, layers=["addresses"]).hits
            ],
            by_text,
        )
        snapshot = city.snapshot("addresses")
        build_s = seconds(lambda: build(snapshot.base, [0]))
        index = build(snapshot.base, [0])
        place = folder / f"addresses-index-{n}"
        save(index, place) if not place.exists() else None
        open_s = seconds(lambda: open_index(place), 0.2)
        texts = [r["address"] for r in records]
    fts, fts_build_s, fts_bytes = _fts5(folder, texts)
    theirs = _asked(questions[:_PEERS_QUESTIONS], lambda q: _trigrams(fts, q), by_text)
    what = f"{n_questions:,} noisy questions to {len(texts):,} addresses / FTS5 trigram ({_PEERS_QUESTIONS} of them)"
    return [
        Row(
            f"{what}, 95th percentile",
            f"{ours.p95:.1f} ms",
            f"{theirs.p95:,.0f} ms",
            theirs.p95 / ours.p95,
            "≤ 30 ms",
            ours.p95 <= 30.0,
        ),
        Row("the same, median", f"{np.median(ours.ms):.1f} ms", f"{np.median(theirs.ms):,.0f} ms"),
        Row(
            "right answer first",
            f"{ours.first:.1%}",
            f"{theirs.first:.1%}",
            None,
            "≥ 90 %",
            ours.first >= 0.90,
        ),
        Row(
            "right answer among five",
            f"{ours.among_five:.1%}",
            f"{theirs.among_five:.1%}",
            None,
            "≥ 97 %",
            ours.among_five >= 0.97,
        ),
        Row("making the index", f"{build_s:.2f} s", f"{fts_build_s:.1f} s", fts_build_s / build_s),
        Row("its size", f"{index.nbytes / 1e6:.0f} MB", f"{fts_bytes / 1e6:.0f} MB"),
        Row("opening it", f"{open_s * 1000:.1f} ms", ""),
    ]


def _city(folder: Path, n: int) -> City:
    """The city with n addresses and the demo city's areas, made once and kept."""
    settings = Settings(
        store=f"gpkg:///{folder / f'addresses-{_VERSION}-{n}.gpkg'}",
        name_zh="长沙",
        name_en="Changsha",
        metric_crs="EPSG:4547",
    )
    city = City.open(settings, create=True)
    if city.store.meta("bench", "") != "made":
        layer: Layer
        layer, areas = next(iter(demo.make("small")))
        city.load(layer, areas)
        city.load(addresses.ADDRESSES, addresses.many(n))
        city.store.set_meta("bench", "made")
    return city


def _parts(record: dict[str, Any]) -> Address:
    head = f"{addresses.CITY}{record['district']}{record['street']}{record['road']}{record['number']}号"
    rest = record["address"][len(head) :]
    return Address(
        addresses.CITY, record["district"], record["street"], record["road"], record["number"], rest
    )


def _asked(questions: list[Question], ask: Any, by_text: dict[str, Address]) -> _Result:
    times, first, five = [], 0, 0
    for question in questions:
        begun = time.perf_counter()
        found = ask(question.text)
        times.append((time.perf_counter() - begun) * 1000)
        right = [question.right(by_text[text]) for text in found[:5]]
        first += bool(right and right[0])
        five += any(right)
    return _Result(times, first / len(questions), five / len(questions))


def _fts5(folder: Path, texts: list[str]) -> tuple[sqlite3.Connection, float, int]:
    """The peer: its connection, the seconds it took to make, and its bytes."""
    path = folder / "addresses-fts5.db"
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    connection.execute("CREATE VIRTUAL TABLE a USING fts5(t, tokenize='trigram', detail='full')")
    begun = time.perf_counter()
    connection.executemany("INSERT INTO a (t) VALUES (?)", ((t,) for t in texts))
    connection.execute("INSERT INTO a (a) VALUES ('optimize')")
    connection.commit()
    return connection, time.perf_counter() - begun, path.stat().st_size


def _trigrams(connection: sqlite3.Connection, question: str) -> list[str]:
    """The five best by bm25 of those that share any trigram: the tolerant way to ask FTS5. Full width is folded for
    it, as a service on top of it would; readings and traditional characters it does not know."""
    plain = unicodedata.normalize("NFKC", question).replace('"', "")
    grams = {plain[i : i + 3] for i in range(len(plain) - 2)}
    if not grams:
        return []
    match = " OR ".join(f'"{g}"' for g in sorted(grams))
    rows = connection.execute("SELECT t FROM a WHERE a MATCH ? ORDER BY rank LIMIT 5", (match,))
    return [row[0] for row in rows]
