// What the page takes of three.js, 3d-tiles-renderer and SunCalc; `make vendor` bundles it into three-tiles.mjs.
export {
  AmbientLight, BufferAttribute, BufferGeometry, Color, DirectionalLight, DoubleSide, Group, HemisphereLight, Matrix4, Mesh,
  MeshBasicMaterial, MeshLambertMaterial, PerspectiveCamera, Plane, PlaneGeometry, Raycaster, Scene, ShadowMaterial, Vector3, WebGLRenderer,
} from "three";
export { TilesRenderer } from "3d-tiles-renderer/src/three/renderer/tiles/TilesRenderer.js";
export { WGS84_ELLIPSOID } from "3d-tiles-renderer/src/three/renderer/math/GeoConstants.js";
export { GLTFExtensionsPlugin } from "3d-tiles-renderer/src/three/plugins/GLTFExtensionsPlugin.js";
export { ImplicitTilingPlugin } from "3d-tiles-renderer/src/core/plugins/ImplicitTilingPlugin.js";
export { getPosition as sunPosition } from "suncalc";
