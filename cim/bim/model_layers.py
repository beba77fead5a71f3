"""The layers that models fill: one row a model, a building, a storey, a space, an element.

They are layers like all others: they are tiled, searched, filtered and exported. Their polygons are what a thing covers
on the ground, `bottom_m` and `top_m` its heights in the datum of its model. A row's key is `model` and `id`.
"""

from __future__ import annotations

from cim.model.layer import Field, Layer

_KEY = (
    Field("model", "text", "模型编码", "Model"),
    Field("id", "text", "构件标识", "Id"),
    Field("class", "text", "类", "Class"),
    Field("name", "text", "名称", "Name"),
)
_HEIGHTS = (
    Field("bottom_m", "real", "底部高程（米）", "Bottom height (m)"),
    Field("top_m", "real", "顶部高程（米）", "Top height (m)"),
)
_SIZES = (
    Field("area_m2", "real", "面积（平方米）", "Area (m²)"),
    Field("volume_m3", "real", "体积（立方米）", "Volume (m³)"),
    #: "geometry", "quantity" (the file states it), or nothing where neither is known.
    Field("measured_by", "text", "量测依据", "Measured by"),
)
_PROPERTIES = Field("properties", "text", "属性（JSON）", "Properties (JSON)")

MODELS = Layer(
    "models",
    geometry="polygon",
    kind="model",
    title_zh="模型",
    title_en="Models",
    visible=False,
    fields=(
        Field("code", "text", "模型编码", "Code"),
        Field("name", "text", "名称", "Name"),
        Field("version", "integer", "版本", "Version"),
        Field("schema", "text", "格式", "Schema"),
        Field("discipline", "text", "专业", "Discipline"),
        Field("cim_level", "integer", "CIM 级别", "CIM level"),
        Field("lod", "text", "细节层次", "Level of detail"),
        Field("author", "text", "作者", "Author"),
        Field("source", "text", "来源", "Source"),
        Field("surveyed", "date", "测绘日期", "Survey date"),
        Field("height_datum", "text", "高程基准", "Height datum"),
        *_HEIGHTS,
        Field("buildings", "integer", "建筑数", "Buildings"),
        Field("storeys", "integer", "楼层数", "Storeys"),
        Field("spaces", "integer", "空间数", "Spaces"),
        Field("elements", "integer", "构件数", "Elements"),
        Field("triangles", "integer", "三角形数", "Triangles"),
        Field("faults", "integer", "问题数", "Faults"),
        Field("content", "text", "内容摘要（SHA-256）", "Content (SHA-256)"),
        Field("loaded_at", "datetime", "导入时间", "Loaded at"),
    ),
)

BUILDINGS = Layer(
    "model_buildings",
    geometry="polygon",
    kind="model_building",
    title_zh="模型建筑",
    title_en="Buildings of models",
    fields=(
        *_KEY,
        #: The building that a part is of; nothing for a building.
        Field("parent", "text", "所属建筑", "Part of"),
        Field("storeys", "integer", "楼层数", "Storeys"),
        *_HEIGHTS,
        *_SIZES,
        Field("lod", "text", "细节层次", "Level of detail"),
        _PROPERTIES,
    ),
)

STOREYS = Layer(
    "model_storeys",
    geometry="polygon",
    kind="model_storey",
    title_zh="模型楼层",
    title_en="Storeys of models",
    visible=False,
    fields=(
        *_KEY,
        Field("building", "text", "所属建筑", "Building"),
        Field("elevation_m", "real", "标高（米）", "Elevation (m)"),
        Field("height_m", "real", "层高（米）", "Height of storey (m)"),
        #: Its place among the storeys of its building from below, the lowest one above ground being 1; below: -1, -2.
        Field("number", "integer", "层号", "Number"),
        *_HEIGHTS,
        _PROPERTIES,
    ),
)

SPACES = Layer(
    "model_spaces",
    geometry="polygon",
    kind="model_space",
    title_zh="模型空间",
    title_en="Spaces of models",
    visible=False,
    fields=(
        *_KEY,
        Field("long_name", "text", "全称", "Long name"),
        Field("building", "text", "所属建筑", "Building"),
        Field("storey", "text", "所属楼层", "Storey"),
        Field("zones", "text", "分区", "Zones"),
        *_HEIGHTS,
        *_SIZES,
        _PROPERTIES,
    ),
)

ELEMENTS = Layer(
    "model_elements",
    geometry="polygon",
    kind="model_element",
    title_zh="模型构件",
    title_en="Elements of models",
    visible=False,
    fields=(
        *_KEY,
        Field("type", "text", "类型", "Type"),
        Field("tag", "text", "标签", "Tag"),
        Field("discipline", "text", "专业", "Discipline"),
        Field("material", "text", "材料", "Material"),
        Field("building", "text", "所属建筑", "Building"),
        Field("storey", "text", "所属楼层", "Storey"),
        Field("space", "text", "所属空间", "Space"),
        Field("parent", "text", "所属构件", "Part of"),
        *_HEIGHTS,
        *_SIZES,
        Field("lod", "text", "细节层次", "Level of detail"),
        _PROPERTIES,
    ),
)

#: The layers that the objects of a model fill, by the kind of object.
OBJECT_LAYERS: dict[str, Layer] = {
    "building": BUILDINGS,
    "part": BUILDINGS,
    "storey": STOREYS,
    "space": SPACES,
    "zone": ELEMENTS,
    "element": ELEMENTS,
}
MODEL_LAYERS = (MODELS, BUILDINGS, STOREYS, SPACES, ELEMENTS)
