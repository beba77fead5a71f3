"""From a path to a parsed file: containers, limits, the scan of the text, and what the parser would drop."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from cim.bim.building_model import ModelFault
from cim.progress import Progress, silent
from layers.formats.ifc.faults import fault, refusal
from layers.formats.ifc.step_mend import mend
from layers.formats.ifc.step_scan import StepScan, instance_lines, scan
from layers.formats.model_options import ModelOptions

_MOST_TOLD = 20
#: Larger files are not looked through for what contradicts their schema.
_MOST_VALIDATED = 5 << 20
_SCHEMA = re.compile(rb"FILE_SCHEMA\s*\(\s*\(\s*'([^']*)'", re.IGNORECASE)


@dataclass(slots=True, eq=False)
class ParsedFile:
    """What the parser gives, the faults of the text, and the size of the text in bytes."""

    parsed: Any
    faults: list[ModelFault] = field(default_factory=list)
    size: int = 0


@contextmanager
def parse_ifc(path: Path, options: ModelOptions, progress: Progress = silent) -> Iterator[ParsedFile]:
    """The parsed file, whatever holds it; `ModelRefused` where the text can't be read whole.

    Temporary copies are kept as long as the context: the parser may read on from them.
    """
    with TemporaryDirectory(prefix="citybase-ifc-") as folder:
        step = _step_text(path, Path(folder), options)
        found = scan(step, progress)
        if found.refused:
            raise refusal(path.name, found.refused + found.told)
        told = list(found.told)
        if not found.plain:
            copy = Path(folder) / "mended.ifc"
            told += mend(step, copy, found, path.name)
            step = copy
        parsed = _parse(step, path.name)
        told += _lost_instances(step, parsed, found)
        yield ParsedFile(parsed, told, step.stat().st_size)


def _step_text(path: Path, folder: Path, options: ModelOptions) -> Path:
    _check_size(path.name, path.stat().st_size, options)
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"PK"):
        return _unpack(path, folder, options)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise refusal(
            path.name,
            [
                fault(
                    "file.ifcxml",
                    "ifcXML 读不了；请在建模软件里另存为 .ifc（STEP）或 .ifczip",
                    "ifcXML can't be read: export the model as .ifc (STEP) or .ifczip",
                )
            ],
        )
    return path


def _check_size(name: str, size: int, options: ModelOptions) -> None:
    if size > options.most_bytes:
        raise refusal(
            name,
            [
                fault(
                    "file.too_large",
                    f"文件有 {size:,} 字节，超过上限 {options.most_bytes:,}；请分成几个模型，或调高上限",
                    f"the file has {size:,} bytes, more than the limit of {options.most_bytes:,}: split the model, "
                    "or raise the limit",
                )
            ],
        )


def _unpack(path: Path, folder: Path, options: ModelOptions) -> Path:
    """The one model of an .ifczip, whatever else is in it."""
    try:
        with zipfile.ZipFile(path) as archive:
            models = [one for one in archive.infolist() if one.filename.lower().endswith(".ifc")]
            if len(models) != 1:
                names = ", ".join(one.filename for one in models) or ", ".join(archive.namelist()[:5])
                raise refusal(
                    path.name,
                    [
                        fault(
                            "file.container",
                            f"压缩包里应有一个 .ifc 文件，实有 {len(models)} 个：{names}",
                            f"an .ifczip must hold one .ifc file, this one holds {len(models)}: {names}",
                        )
                    ],
                )
            _check_size(models[0].filename, models[0].file_size, options)
            out = folder / "model.ifc"
            with archive.open(models[0]) as packed, out.open("wb") as unpacked:
                shutil.copyfileobj(packed, unpacked, 1 << 20)
            return out
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zipfile.LargeZipFile) as error:
        words = fault("file.container", f"压缩包打不开：{error}", f"the .ifczip can't be unpacked: {error}")
        raise refusal(path.name, [words]) from error


def _parse(step: Path, name: str) -> Any:
    import ifcopenshell

    try:
        parsed = ifcopenshell.open(str(step))
    except Exception as error:  # the parser raises what it likes; every one means "not readable"
        raise refusal(name, [_unreadable(step, error)]) from error
    if parsed is None:
        raise refusal(name, [_unreadable(step, ValueError("nothing was read"))])
    return parsed


def _unreadable(step: Path, error: Exception) -> ModelFault:
    with step.open("rb") as file:
        match = _SCHEMA.search(file.read(1 << 16))
    schema = match[1].decode("ascii", "replace") if match else ""
    if not schema.upper().startswith(("IFC2X3", "IFC4")):
        return fault(
            "file.schema",
            f"文件的模式（FILE_SCHEMA）是“{schema or '无'}”；能读 IFC2X3、IFC4 和 IFC4X3",
            f"the schema of the file is {schema or 'not named'!r}; IFC2X3, IFC4 and IFC4X3 can be read",
        )
    return fault(
        "step.unreadable",
        f"IFC 解析器读不了这个文件（{schema}）：{error}",
        f"the parser of IFC can't read the file ({schema}): {error}",
    )


def schema_faults(file: ParsedFile, error: Exception) -> list[ModelFault]:
    """Why a file that was parsed can't be read: what contradicts its schema, by the numbers of the instances."""
    told = [
        fault(
            "step.schema",
            f"文件不符合 {file.parsed.schema} 模式：{words}",
            f"the file contradicts the schema {file.parsed.schema}: {words}",
        )
        for words in (_contradictions(file.parsed) if file.size <= _MOST_VALIDATED else [])
    ]
    general = fault(
        "step.schema",
        f"文件不符合 {file.parsed.schema} 模式（{error}）",
        f"the file contradicts the schema {file.parsed.schema} ({error})",
    )
    return told or [general]


def _contradictions(parsed: Any) -> list[str]:
    from ifcopenshell import validate

    checker: Any = validate
    logger = checker.json_logger()
    try:
        checker.validate(parsed, logger)
    except (AttributeError, TypeError, ValueError, IndexError, KeyError, RuntimeError):
        return []  # it may fail itself on what it is to find
    found = []
    for one in logger.statements[:_MOST_TOLD]:
        where = one.get("instance")
        number = f"#{where.id()}={where.is_a()}: " if where is not None and hasattr(where, "is_a") else ""
        found.append(number + " ".join(str(one.get("message", "")).split())[:200])
    return found


def _lost_instances(step: Path, parsed: Any, found: StepScan) -> list[ModelFault]:
    """Faults for the instances that are in the text and not in what was parsed."""
    kept = np.asarray(parsed.entity_names(), dtype=np.int64)
    lost = np.setdiff1d(found.numbers, kept)
    told = [
        fault(
            "step.dropped",
            f"第 {line} 行的 #{number}={name} 不是这个模式里的类，没有读入",
            f"line {line}: #{number}={name} is of no class of the schema and is not read",
            line=line,
        )
        for number, line, name in instance_lines(step, lost[:_MOST_TOLD])
    ]
    if len(lost) > _MOST_TOLD:
        rest = len(lost) - _MOST_TOLD
        told.append(
            fault("step.dropped", f"还有 {rest} 个实例没有读入", f"{rest} more instances are not read")
        )
    return told
