"""Filters in CQL2: what they keep of six houses, what unknown means, what they refuse and how."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from cim.access.caller import GUEST
from cim.city import City
from cim.columnar.columns import build
from cim.cql.filter import Filter
from cim.errors import BadInput, Forbidden
from cim.model.layer import Field, Layer
from cim.snapshot.snapshot import Snapshot
from tests.support.cql_houses import HOUSES, STREET, kept
from tests.support.snapshots import METRIC, features


@pytest.mark.parametrize(
    ("text", "fids"),
    [
        ("true", [10, 11, 12, 13, 14, 15]),
        ("false", []),
        ("1 < 2", [10, 11, 12, 13, 14, 15]),
        # one field
        ("floors = 3", [11]),
        ("floors <> 3", [10, 12, 14, 15]),
        ("floors > 3", [12, 14]),
        ("floors >= 3", [11, 12, 14]),
        ("3 <= floors", [11, 12, 14]),
        ("floors < 2.5", [10, 15]),
        ("floors = 3.5", []),
        ("floors = -7", [15]),
        ("height_m = 0", [15]),
        ("height_m > 9 AND height_m < 95.25", [14]),
        ("name = 'Kiosk'", [10]),
        ("name = 'kiosk'", []),
        ("name > 'a'", [11, 13]),
        ("\"名称\" = '长沙'", [10]),
        ("名称 <> '长沙'", [11, 12, 14, 15]),
        ("open = true", [10, 13, 15]),
        ("open <> true", [11, 14]),
        # null is neither equal nor unequal
        ("name IS NULL", [14]),
        ("name IS NOT NULL", [10, 11, 12, 13, 15]),
        ("geom IS NULL", [15]),
        ("geometry IS NOT NULL", [10, 11, 12, 13, 14]),
        ("fid IS NULL", []),
        ("NOT (floors = 3)", [10, 12, 14, 15]),
        ("floors = 3 OR NOT (floors = 3)", [10, 11, 12, 14, 15]),
        ("floors > 3 OR name = 'a_b'", [12, 13, 14]),
        ("floors > 3 AND name = '50%'", [12]),
        ("NOT (floors > 3 AND name = '50%')", [10, 11, 13, 15]),
        ("floors = 1 OR floors = 3 AND open = true", [10]),
        ("(floors = 1 OR floors = 3) AND open = false", [11]),
        # ranges and lists
        ("floors BETWEEN 1 AND 7", [10, 11, 14]),
        ("floors NOT BETWEEN 1 AND 7", [12, 15]),
        ("cellars BETWEEN floors AND 3", [10, 15]),
        ("floors IN (1, 30, 99)", [10, 12]),
        ("floors NOT IN (1, 30, 99)", [11, 14, 15]),
        ("floors IN (1, 2.5)", [10]),
        ("name IN ('Kiosk', 'café')", [10, 11]),
        ("floors IN (cellars, 30)", [10, 12]),
        ("built IN (DATE('1990-01-01'))", [10]),
        ("fid IN (10, 12)", [10, 12]),
        ("id = 13", [13]),
        # patterns
        ("name LIKE 'K%'", [10]),
        ("name LIKE '%k'", [10]),
        ("name LIKE 'caf_'", [11]),
        ("name LIKE '50\\%'", [12]),
        ("name LIKE '%\\%%'", [12]),
        ("name LIKE 'a\\_b'", [13]),
        ("name LIKE 'a_b'", [13]),
        ("name LIKE 'a.b'", []),
        ("name NOT LIKE 'K%'", [11, 12, 13, 15]),
        ("名称 LIKE '长_'", [10]),
        ("名称 LIKE '长沙%'", [10, 11]),
        ("名称 LIKE '长%沙'", [10, 14]),
        ("name LIKE '%'", [10, 11, 12, 13, 15]),
        ("CASEI(name) = CASEI('KIOSK')", [10]),
        ("CASEI(name) = CASEI('straße')", [15]),
        ("CASEI(name) LIKE CASEI('KI%')", [10]),
        ("CASEI(name) IN (CASEI('KIOSK'), CASEI('CAFÉ'))", [10, 11]),
        ("ACCENTI(name) = ACCENTI('cafe')", [11]),
        ("ACCENTI(CASEI(name)) = ACCENTI(CASEI('CAFÉ'))", [11]),
        # arithmetic; a null or a division by zero is unknown
        ("floors + 1 = 4", [11]),
        ("floors * 2 - 1 > 50", [12]),
        ("floors / 2 = 1.5", [11]),
        ("floors % 2 = 0", [12]),
        ("floors % 4 = -3", [15]),
        ("floors div 2 = -3", [15]),
        ("floors div 2 = 3", [14]),
        ("floors ^ 2 = 49", [14, 15]),
        ("-floors = 7", [15]),
        ("10 - 3 - 4 = floors", [11]),
        ("2 + 5 * 1 = floors", [14]),
        ("floors / cellars > 1", [12]),
        ("floors / cellars <= 1", [10, 15]),
        ("height_m / floors = 3", [11, 14]),
        ("(0 - floors) ^ 0.5 > 2", [15]),
        # two fields
        ("floors = cellars", [10]),
        ("floors > cellars", [11, 12]),
        ("height_m > floors", [10, 11, 12, 14, 15]),
        ("name = 名称", []),
        ("NOT (floors = cellars)", [11, 12, 15]),
        ("pulled >= built", [10, 12, 14]),
        # times
        ("built > DATE('2000-06-15')", [12, 14]),
        ("built = DATE('2000-06-15')", [11]),
        ("built BETWEEN DATE('1990-01-01') AND DATE('2000-06-15')", [10, 11]),
        ("seen_at < TIMESTAMP('2026-06-02T00:00:00Z')", [10, 11, 14]),
        ("seen_at = TIMESTAMP('2026-06-02T08:00:00+08:00')", [12]),
        ("seen_at > TIMESTAMP('2026-06-01T23:59:59.9989Z')", [11, 12]),
        ("seen_at = TIMESTAMP('2026-06-01T23:59:59.9991Z')", []),
        ("seen_at IN (TIMESTAMP('2026-06-01T00:00:00Z'))", [10]),
        ("T_BEFORE(built, DATE('2000-06-15'))", [10]),
        ("T_AFTER(built, DATE('2000-06-15'))", [12, 14]),
        ("T_EQUALS(built, DATE('2000-06-15'))", [11]),
        ("T_INTERSECTS(seen_at, DATE('2026-06-01'))", [10, 11]),
        ("T_DISJOINT(seen_at, DATE('2026-06-01'))", [12, 14]),
        ("T_AFTER(seen_at, DATE('2026-06-01'))", [12]),
        ("T_BEFORE(DATE('2026-06-01'), seen_at)", [12]),
        ("T_DURING(built, INTERVAL('1990-01-01','2010-01-01'))", [11]),
        ("T_DURING(built, INTERVAL('..','2010-01-01'))", [10, 11]),
        ("T_INTERSECTS(built, INTERVAL('2010-01-01','..'))", [12, 14]),
        ("T_INTERSECTS(built, INTERVAL('..','..'))", [10, 11, 12, 14]),
        ("T_DURING(seen_at, INTERVAL('2026-05-31T12:00:00Z','2026-06-02T00:00:00Z'))", [10, 11]),
        ("T_CONTAINS(INTERVAL(built, pulled), DATE('2000-01-01'))", [10]),
        ("T_STARTEDBY(INTERVAL(built, pulled), DATE('1990-01-01'))", [10]),
        ("T_STARTS(built, INTERVAL('1990-01-01','1991-01-01'))", [10]),
        ("T_FINISHES(pulled, INTERVAL('1990-01-01','2001-01-01'))", [10]),
        ("T_FINISHEDBY(INTERVAL(built, pulled), DATE('2021-06-01'))", [12]),
        ("T_MEETS(INTERVAL(built, pulled), INTERVAL('2001-01-01','..'))", [10]),
        ("T_METBY(INTERVAL(built, pulled), INTERVAL('..','2020-12-31'))", [12]),
        ("T_OVERLAPS(INTERVAL(built, pulled), INTERVAL('2000-01-01','2002-01-01'))", [10]),
        ("T_OVERLAPPEDBY(INTERVAL(built, pulled), INTERVAL('1980-01-01','1995-01-01'))", [10]),
        ("T_EQUALS(INTERVAL(built, pulled), DATE('2010-01-01'))", [14]),
        # places; house n lies from 2n to 2n + 1
        ("S_INTERSECTS(geom, POINT(0.5 0.5))", [10]),
        ("S_INTERSECTS(POINT(1 1), geometry)", [10]),
        ("S_INTERSECTS(geom, BBOX(1,0,2,1))", [10, 11]),
        ("S_INTERSECTS(geom, BBOX(1,0,-9,2,1,9))", [10, 11]),
        ("S_DISJOINT(geom, BBOX(1,0,4,1))", [13, 14]),
        ("NOT (S_INTERSECTS(geom, BBOX(1,0,4,1)))", [13, 14]),
        ("S_WITHIN(geom, BBOX(-1,-1,3,2))", [10, 11]),
        ("S_WITHIN(geom, POLYGON((-1 -1, 3 -1, 3 2, -1 2, -1 -1)))", [10, 11]),
        ("S_WITHIN(geom, BBOX(0,0,3,1))", [10, 11]),
        ("S_CONTAINS(BBOX(-1,-1,3,2), geom)", [10, 11]),
        ("S_CONTAINS(geom, POINT(2.5 0.5))", [11]),
        ("S_CONTAINS(geom, POINT(2 0.5))", []),
        ("S_TOUCHES(geom, POINT(2 0.5))", [11]),
        ("S_TOUCHES(geom, BBOX(1,0,2,1))", [10, 11]),
        ("S_TOUCHES(geom, BBOX(-9,-9,99,9))", []),
        ("S_CROSSES(geom, LINESTRING(0.5 0.5, 5 0.5))", [10, 11, 12]),
        ("S_CROSSES(geom, LINESTRING(0.2 0.5, 0.5 0.5))", []),
        ("S_OVERLAPS(geom, BBOX(0.5,0,2.5,1))", [10, 11]),
        ("S_OVERLAPS(geom, BBOX(-1,-1,2.5,2))", [11]),
        ("S_EQUALS(geom, POLYGON((3 1, 2 1, 2 0, 3 0, 3 1)))", [11]),
        ("S_INTERSECTS(geom, MULTIPOINT((0.5 0.5), (4.5 0.5)))", [10, 12]),
        ("S_INTERSECTS(geom, GEOMETRYCOLLECTION(POINT(0.5 0.5), LINESTRING(4 2, 5 0)))", [10, 12]),
        ("S_INTERSECTS(geom, BBOX(8.5,0,0.5,1))", [10, 14]),
        ("S_INTERSECTS(geom, BBOX(0,0,9,1)) AND floors > 3", [12, 14]),
        ("S_INTERSECTS(geom, POINT(0.5 0.5)) OR floors = 30", [10, 12]),
        # JSON
        ('{"op":">","args":[{"property":"floors"},3]}', [12, 14]),
        ('{"op":"in","args":[{"property":"name"},["Kiosk"]]}', [10]),
        ('{"op":"s_intersects","args":[{"property":"geom"},{"type":"Point","coordinates":[0.5,0.5]}]}', [10]),
        ('{"op":"isNull","args":[{"property":"geometry"}]}', [15]),
    ],
)
def test_a_filter_keeps_what_it_says(text: str, fids: list[int]) -> None:
    assert kept(text) == fids


def test_rows_that_changed_are_filtered_like_those_that_did_not() -> None:
    # House 10 moves far away and grows; 11 goes; 16 is new.
    now = features(HOUSES, [shapely.box(50, 0, 51, 1), shapely.box(0, 0, 1, 1)], [10, 16], floors=[99, 3])
    later = STREET.with_changes(np.array([10, 11, 16]), now, 2)
    assert kept("floors > 30 OR floors = 3", later) == [10, 16]
    assert kept("S_INTERSECTS(geom, POINT(0.5 0.5))", later) == [16]
    assert kept("S_INTERSECTS(geom, BBOX(49,-1,52,2)) AND floors = 99", later) == [10]
    assert len(Filter.of("floors = 3", HOUSES).rows(later)) == 6 + 2


def test_a_layer_without_rows_keeps_none() -> None:
    empty = Snapshot.of(HOUSES, build(HOUSES, features(HOUSES, []), METRIC), METRIC, 1)
    for text in (
        "floors > 1",
        "floors > cellars",
        "true",
        "S_DISJOINT(geom, POINT(1 1))",
        "casei(name) = 'x'",
    ):
        assert Filter.of(text, HOUSES).rows(empty).tolist() == []


def test_a_layer_loaded_anew_with_other_fields_is_filtered_by_their_names() -> None:
    found = Filter.of("floors = 3", HOUSES)
    other = Layer(
        "houses", geometry="polygon", fields=(Field("lifts", "integer"), Field("floors", "integer"))
    )
    made = features(other, [shapely.box(0, 0, 1, 1)] * 2, [1, 2], lifts=[3, 0], floors=[1, 3])
    anew = Snapshot.of(other, build(other, made, METRIC), METRIC, 2)
    assert anew.fids(np.flatnonzero(found.rows(anew))).tolist() == [2]
    without = Layer("houses", geometry="polygon")
    gone = Snapshot.of(without, build(without, features(without, []), METRIC), METRIC, 3)
    with pytest.raises(BadInput, match="no field 'floors'"):
        found.rows(gone)


# -- its key and its fields --------------------------------------------------------------------------


def test_the_same_filter_written_differently_has_one_key() -> None:
    written = (
        "floors > 3 AND name = 'a'",
        "  (floors>3.0)   and\n name='a' ",
        '{"op":"and","args":[{"op":">","args":[{"property":"floors"},3]},'
        '{"op":"=","args":[{"property":"name"},"a"]}]}',
    )
    assert len({Filter.of(text, HOUSES).key for text in written}) == 1
    assert (
        len({Filter.of(text, HOUSES).key for text in ("name = 'a b'", "name = 'a  b'", "name = 'A b'")}) == 3
    )


def test_a_filter_names_the_fields_it_asks_of(still: City) -> None:
    assert Filter.of("floors > cellars AND geom IS NULL AND fid = 1", HOUSES).fields == ("floors", "cellars")
    asked = Filter.of(
        "status = 'reported' OR casei(reporter_phone) LIKE '199%'", still.snapshot("incidents").layer
    )
    assert asked.fields == ("status", "reporter_phone")
    with pytest.raises(Forbidden, match="reporter_phone"):
        GUEST.require_seen(asked.fields)


# -- what it refuses ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "nothing in it"),
        ("   ", "nothing in it"),
        ("floors >", r"something is missing \(character 9\)"),
        ("floors = 3 ; DROP", r"'; DROP' can't stand here \(character 12\)"),
        ("name = 'x'\n AND >", r"line 2, character 6"),
        ("{", "EOF"),
        ('{"op":"=","args":{}}', "filter: "),
        ("storeys > 3", "no field 'storeys'; it has: name, 名称, floors, .*, fid, geom"),
        ("nearly(floors) = 3", "nearly"),
        ("nearly(floors, 3)", "'nearly' is not known; known: =, "),
        ("floors = 'x'", "floors = 'x' compares a number with a text"),
        ("name > 3", "name > 3 compares a number with a text"),
        ("open = 1", "a boolean with a number"),
        ("open > true", "no order"),
        ("built = '2000-06-15'", r"a date with a text; write DATE\("),
        ("built < TIMESTAMP('2000-06-15T00:00:00Z')", "a date with a datetime; write TIMESTAMP"),
        ("built = DATE('2000-6-15')", "'2000-6-15' is no date"),
        ("built = DATE('2000-13-01')", "'2000-13-01' is no date"),
        ("seen_at = TIMESTAMP('yesterday')", "'yesterday' is no timestamp"),
        ("T_BEFORE(floors, DATE('2000-06-15'))", "floors is no time"),
        ("T_DURING(built, INTERVAL('2001-01-01','2000-01-01'))", "ends before it begins"),
        ("T_DURING(built, INTERVAL('soon','..'))", "'soon' is no date"),
        ("open", "'open' alone is no condition; write one, as in open = true"),
        ("name", "as in name IS NOT NULL"),
        ("NOT open", "'open' alone is no condition"),
        ("floors + 1", "is a value and no condition"),
        ("'x'", "no condition"),
        ("name = NULL", "null is not compared"),
        ("name + 1 = 2", "computes with numbers; name is a text"),
        ("casei(floors) = 'x'", "takes a text, not a number"),
        ("name LIKE 3", "compares a text with a pattern"),
        ("floors LIKE '3%'", "compares a text with a pattern"),
        ("name LIKE 名称", "compares a text with a pattern"),
        ("name LIKE 'x\\'", "ends with its escape"),
        ("floors IN ('x')", "a number with a text"),
        ("floors = 9007199254740993", "exact only below"),
        ("fid = 1e30", "exact only below"),
        ("height_m < 1e999", "too large"),
        ("geom = 3", r"'geom' is the geometry; ask of it with s_intersects\(geom"),
        ("S_INTERSECTS(floors, POINT(1 2))", "asks how geom lies to a geometry"),
        ("S_INTERSECTS(geom, geometry)", "asks how geom lies to a geometry"),
        ("S_INTERSECTS(POINT(1 2), POINT(1 2))", "asks how geom lies to a geometry"),
        ("S_INTERSECTS(geom, 3)", "is no geometry"),
        ("S_INTERSECTS(geom, BBOX(1,5,2,3))", "its south is north of its north"),
        ("S_INTERSECTS(geom, POLYGON((0 0,1 1,1 0,0 1,0 0)))", "not valid: Self-intersection"),
        ("S_INTERSECTS(geom, POLYGON((0 0,1 1,1 0)))", "is no geometry"),
        ("S_DWITHIN(geom, POINT(1 2), 10, meters)", "'S_DWITHIN' is not known"),
        ("A_EQUALS(name, ('a','b'))", "'a_equals' is not known"),
        ('{"op":"=","args":[{"property":"floors"}]}', "= takes 2, not 1"),
        ('{"op":"not","args":[true,false]}', "not takes 1, not 2"),
        ('{"op":"and","args":[]}', "and takes some, not 0"),
        ('{"op":"between","args":[{"property":"floors"},1]}', "between takes 3, not 2"),
        ('{"op":"in","args":[{"property":"floors"},[]]}', "in takes a list"),
        ('{"op":"in","args":[{"property":"floors"},3]}', "in takes a list"),
        ('{"op":"+","args":[1,2,3]}', "is a value"),
        ('{"op":"=","args":[{"op":"+","args":[1,2,3]},1]}', "takes two numbers, not 3"),
        ('{"op":"s_intersects","args":[{"property":"geom"},{"bbox":[1,2,3]}]}', "is no geometry"),
        (
            '{"op":"s_intersects","args":[{"property":"geom"},{"type":"Polygon","coordinates":[]}]}',
            "is empty",
        ),
        (
            '{"op":"s_intersects","args":[{"property":"geom"},{"type":"Point","coordinates":[[1]]}]}',
            "filter: ",
        ),
        ("name = '" + "x" * 4000 + "'", "4009 characters are too many; a filter has at most 4000"),
        ("(" * 1900 + "floors = 1" + ")" * 1900, "too deep"),
        ("name = ''''" + " AND " + "(" * 1000 + "floors = 1", "too deep"),
        ("floors IN " + "(" * 16 + "1,2" + "),2" * 15, "too deep"),
        ("floors IN " + "(" * 16 + "1" + ",2)" * 16, "too deep"),
        ("NOT " * 900 + "floors = 1", "too deep"),
        ("floors" + "+1" * 1900 + " = 1", "too deep"),
        ("-" * 3000 + "floors = 1", "too deep"),
        ("S_INTERSECTS(geom, floors" + "+1" * 1900 + ")", "too deep"),
        ("T_DURING(built, INTERVAL(floors" + "+1" * 1900 + ", '..'))", "too deep"),
        ('{"op":"not","args":[' * 100 + "true" + "]}" * 100, "recursion limit"),
    ],
)
def test_a_bad_filter_is_refused_in_words(text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        Filter.of(text, HOUSES)


@given(
    st.lists(
        st.sampled_from(
            [
                "floors", "name", "'x'", "'%'", "3", "-", "(", ")", ",", "=", "<", "AND", "OR", "NOT", "IN", "LIKE",
                "BETWEEN", "IS NULL", "casei(", "DATE('2000-01-01')", "geom", "S_INTERSECTS(", "POINT(1 2)", "+", "^",
                "true", "built", "T_AFTER(", "INTERVAL('..','..')", '"', "'",
            ]
        ),
        max_size=12,
    )
)  # fmt: skip
def test_any_words_are_a_filter_or_refused(words: list[str]) -> None:
    try:
        found = Filter.of(" ".join(words), HOUSES)
    except BadInput:
        return
    assert len(found.rows(STREET)) == 6
