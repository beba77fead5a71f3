/** @module i18n  Every word on the page, in Chinese and English. */
import { recall, remember } from "./store.js";

const ZH = {
  "app.name": "空间底座",
  "app.schematic": "示意数据",
  "app.schematic.title": "本城市数据为示意数据，不代表真实地物",
  "header.lang": "English",
  "header.lang.title": "Switch to English",
  "header.dark": "大屏",
  "header.dark.title": "深色大屏主题",
  "header.3d": "三维",
  "header.3d.title": "三维建筑（放大到 15 级后显示）",
  "header.layers": "图层",
  "map.label": "城市地图。方向键平移，加减键缩放，回车查询地图中心。",
  "map.zoomIn": "放大",
  "map.zoomOut": "缩小",
  "map.north": "正北朝上",
  "map.home": "全市范围",
  "map.attribution": "数据来源",
  "map.loading": "正在载入地图",
  "map.tileError": "部分地图数据未能载入",
  "search.label": "搜索地点",
  "search.placeholder": "搜索地址、地点、路口、坐标或编码",
  "search.list": "搜索建议",
  "search.clear": "清空",
  "search.enter": "没有相近的名称；按回车按坐标、编码、路口查找",
  "layers.title": "图层",
  "layers.base": "底图",
  "layers.areas": "管理区域",
  "layers.operations": "业务",
  "layers.legend": "{name} 图例",
  "layers.kinds": "资源类别",
  "layers.collapse": "收起或展开图层",
  "panel.title": "地点查询",
  "panel.hint": "点击地图任一位置，查看它的归属、就近资源和影响范围。",
  "panel.hint.keys": "也可聚焦地图后按回车，查询地图中心。",
  "panel.centre": "查询地图中心",
  "panel.clear": "清除",
  "panel.copy": "复制坐标",
  "panel.copied": "已复制",
  "panel.copyFailed": "浏览器不允许复制",
  "panel.sheet": "展开或收起查询面板",
  "point": "经度, 纬度",
  "own.title": "归属",
  "own.sub": "谁负责此处",
  "own.unit": "责任单位",
  "own.officer": "网格员",
  "own.special": "专业网格",
  "own.noUnit": "末级区域未登记责任单位",
  "own.outside": "此处不在任何管理区域内",
  "own.nearest": "最近的{level}：{name}，相距 {distance}",
  "own.call": "拨打 {phone}",
  "near.title": "就近",
  "near.sub": "离此处最近",
  "near.kind": "类别",
  "near.resources": "资源",
  "near.layers": "其他图层",
  "near.free": "仅待命",
  "near.open": "仅开放",
  "near.none": "{distance}内没有{kind}",
  "near.straight": "直线距离，{distance}内最近 {n} 个",
  "near.fit": "全部显示",
  "aff.title": "影响范围",
  "aff.sub": "周边有什么",
  "aff.radius": "半径",
  "aff.area": "面积",
  "aff.people": "人口",
  "aff.buildings": "建筑",
  "aff.peopleFrom": "人口按{source}推算",
  "aff.counts": "各图层数量",
  "aff.sensitive": "重点资源",
  "aff.sensors": "感知设备",
  "aff.areas": "涉及区域",
  "aff.units": "通知单位",
  "aff.nothing": "范围内没有要素",
  "aff.more": "另有 {n} 个",
  "aff.truncated": "地图上只绘制一部分",
  "popup.close": "关闭",
  "popup.history": "办理过程",
  "popup.noHistory": "尚无办理记录",
  "popup.code": "编号",
  "popup.address": "地址",
  "popup.reported_at": "上报时间",
  "popup.updated_at": "更新时间",
  "popup.source": "来源",
  "popup.unit": "单位",
  "popup.skills": "技能",
  "popup.capacity": "容量",
  "popup.phone": "电话",
  "popup.seen_at": "最近定位",
  "popup.value": "最新值",
  "popup.value_at": "观测时间",
  "popup.thresholds": "阈值 蓝/黄/橙/红",
  "popup.measures": "监测项",
  "state.loading": "正在查询…",
  "error.network": "连不上服务器",
  "error.network.detail": "请检查服务是否在运行，然后重试。",
  "error.retry": "重试",
  "error.boot": "空间底座未能打开",
  "error.webgl": "浏览器不能绘制地图（需要 WebGL 2）",
  "status.ok": "运行正常",
  "status.bad": "服务异常",
  "status.down": "连接中断",
  "status.layers": "{n} 个图层",
  "status.seq": "变更序号 {n}",
  "status.checked": "{time} 更新",
  "status.zoom": "{n} 级",
  "status.version": "版本 {v}",
  "unit.m": "{n} 米",
  "unit.km": "{n} 公里",
  "unit.m2": "{n} 平方米",
  "unit.ha": "{n} 公顷",
  "unit.km2": "{n} 平方公里",
  "unit.people": "{n} 人",
  "incident.reported": "上报", "incident.accepted": "受理", "incident.filed": "立案", "incident.dispatched": "派遣",
  "incident.handling": "处置", "incident.feedback": "反馈", "incident.checking": "核查", "incident.closed": "结案",
  "incident.suspended": "挂账", "incident.returned": "退回", "incident.cancelled": "作废",
  "level.critical": "特别重大", "level.major": "重大", "level.serious": "较大", "level.general": "一般",
  "resource.idle": "待命", "resource.busy": "出动", "resource.offline": "离线", "resource.open": "开放", "resource.closed": "关闭",
  "measures.water_level": "水位", "measures.rainfall": "雨量", "measures.rain": "雨量", "measures.pm25": "PM2.5", "measures.noise": "噪声",
};

/** @type {typeof ZH} */
const EN = {
  "app.name": "Spatial base",
  "app.schematic": "Schematic",
  "app.schematic.title": "This city's data is schematic and shows no real features",
  "header.lang": "中文",
  "header.lang.title": "切换到中文",
  "header.dark": "Wall",
  "header.dark.title": "Dark theme for the wall screen",
  "header.3d": "3D",
  "header.3d.title": "Buildings in 3D (from zoom 15)",
  "header.layers": "Layers",
  "map.label": "City map. Arrow keys pan, plus and minus zoom, Enter asks about the centre.",
  "map.zoomIn": "Zoom in",
  "map.zoomOut": "Zoom out",
  "map.north": "North up",
  "map.home": "Whole city",
  "map.attribution": "Sources",
  "map.loading": "Loading the map",
  "map.tileError": "Some map data could not be loaded",
  "search.label": "Search for a place",
  "search.placeholder": "Address, place, crossing, coordinates or code",
  "search.list": "Suggestions",
  "search.clear": "Clear the search",
  "search.enter": "No name is like it; press Enter to try coordinates, codes and crossings",
  "layers.title": "Layers",
  "layers.base": "Base map",
  "layers.areas": "Areas",
  "layers.operations": "Operations",
  "layers.legend": "Legend of {name}",
  "layers.kinds": "Kinds of resource",
  "layers.collapse": "Fold or unfold the layers",
  "panel.title": "About a place",
  "panel.hint": "Click anywhere on the map to see who owns the place, what is nearest and what is affected.",
  "panel.hint.keys": "Or focus the map and press Enter to ask about its centre.",
  "panel.centre": "Ask about the centre",
  "panel.clear": "Clear",
  "panel.copy": "Copy coordinates",
  "panel.copied": "Copied",
  "panel.copyFailed": "The browser does not allow copying",
  "panel.sheet": "Fold or unfold the panel",
  "point": "Longitude, latitude",
  "own.title": "Ownership",
  "own.sub": "Who answers for this place",
  "own.unit": "Responsible unit",
  "own.officer": "Officer on duty",
  "own.special": "Special grids",
  "own.noUnit": "No unit is registered for the innermost area",
  "own.outside": "This place lies outside every area",
  "own.nearest": "Nearest {level}: {name}, {distance} away",
  "own.call": "Call {phone}",
  "near.title": "Nearest",
  "near.sub": "Closest to this place",
  "near.kind": "Kind",
  "near.resources": "Resources",
  "near.layers": "Other layers",
  "near.free": "Idle only",
  "near.open": "Open only",
  "near.none": "No {kind} within {distance}",
  "near.straight": "Straight-line distance, the nearest {n} within {distance}",
  "near.fit": "Show all",
  "aff.title": "Affected",
  "aff.sub": "What lies around",
  "aff.radius": "Radius",
  "aff.area": "Area",
  "aff.people": "People",
  "aff.buildings": "Buildings",
  "aff.peopleFrom": "People estimated from {source}",
  "aff.counts": "By layer",
  "aff.sensitive": "Key resources",
  "aff.sensors": "Sensors",
  "aff.areas": "Areas touched",
  "aff.units": "Units to tell",
  "aff.nothing": "Nothing lies in this range",
  "aff.more": "{n} more",
  "aff.truncated": "only some are drawn",
  "popup.close": "Close",
  "popup.history": "History",
  "popup.noHistory": "No steps recorded yet",
  "popup.code": "Code",
  "popup.address": "Address",
  "popup.reported_at": "Reported",
  "popup.updated_at": "Updated",
  "popup.source": "Source",
  "popup.unit": "Unit",
  "popup.skills": "Skills",
  "popup.capacity": "Capacity",
  "popup.phone": "Phone",
  "popup.seen_at": "Last seen",
  "popup.value": "Latest value",
  "popup.value_at": "Observed",
  "popup.thresholds": "Thresholds blue/yellow/orange/red",
  "popup.measures": "Measures",
  "state.loading": "Looking it up…",
  "error.network": "The server can't be reached",
  "error.network.detail": "Check that the service is running, then try again.",
  "error.retry": "Try again",
  "error.boot": "The spatial base could not be opened",
  "error.webgl": "This browser can't draw the map (WebGL 2 is needed)",
  "status.ok": "In service",
  "status.bad": "Service degraded",
  "status.down": "Disconnected",
  "status.layers": "{n} layers",
  "status.seq": "Change {n}",
  "status.checked": "as of {time}",
  "status.zoom": "zoom {n}",
  "status.version": "version {v}",
  "unit.m": "{n} m",
  "unit.km": "{n} km",
  "unit.m2": "{n} m²",
  "unit.ha": "{n} ha",
  "unit.km2": "{n} km²",
  "unit.people": "{n}",
  "incident.reported": "Reported", "incident.accepted": "Accepted", "incident.filed": "Filed", "incident.dispatched": "Dispatched",
  "incident.handling": "Handling", "incident.feedback": "Feedback", "incident.checking": "Checking", "incident.closed": "Closed",
  "incident.suspended": "Suspended", "incident.returned": "Returned", "incident.cancelled": "Cancelled",
  "level.critical": "Critical", "level.major": "Major", "level.serious": "Serious", "level.general": "General",
  "resource.idle": "Idle", "resource.busy": "Busy", "resource.offline": "Offline", "resource.open": "Open", "resource.closed": "Closed",
  "measures.water_level": "Water level", "measures.rainfall": "Rainfall", "measures.rain": "Rainfall", "measures.pm25": "PM2.5", "measures.noise": "Noise",
};

const MESSAGES = { zh: ZH, en: EN };

/** The language asked for in the address (`?lang=`), else the remembered one, else Chinese. */
function firstLang() {
  const asked = new URLSearchParams(location.search).get("lang");
  const wanted = asked ?? recall("lang", "zh");
  return wanted === "en" ? "en" : "zh";
}

let current = firstLang();
document.documentElement.lang = current === "en" ? "en" : "zh-CN";

/** The page's language. @returns {"zh"|"en"} */
export function lang() {
  return current;
}

/**
 * Makes a language the page's: in its address, its root element and for the next visit.
 * The caller redraws (the store's `lang`).
 * @param {"zh"|"en"} next
 */
export function setLang(next) {
  current = next;
  document.documentElement.lang = next === "en" ? "en" : "zh-CN";
  remember("lang", next);
  const url = new URL(location.href);
  if (next === "en") url.searchParams.set("lang", "en");
  else url.searchParams.delete("lang");
  history.replaceState(history.state, "", url);
}

/**
 * A text in the page's language with its {places} filled in; the key itself where there is none.
 * @param {string} key
 * @param {Record<string, string|number>} [values]
 */
export function t(key, values = {}) {
  const text = MESSAGES[current][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/**
 * The words for a coded value, such as `incident` + `closed`; the value itself where there are none.
 * @param {string} family
 * @param {string|null|undefined} value
 */
export function word(family, value) {
  if (value === null || value === undefined) return "";
  return MESSAGES[current][`${family}.${value}`] ?? String(value);
}
