"""IFC files (2x3, 4, 4x3; STEP text, also zipped): a file in, a `BuildingModel` out.

`read.py` is the way in. The text is scanned before a parser sees it (`step_scan.py`), because the parser drops what is
broken without a word; `georeference.py` says where the model stands; `structure.py` and its neighbours say what is in
it; `shapes.py` makes its meshes. The parser is imported where it is needed, so that nobody else pays for it.
"""
