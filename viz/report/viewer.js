// The interactive view of a report: cortex coloured by |E|, coil, scalp. Reads the data that the page holds
// (docs/formats.md, "Report"); asks nothing of a network.
import '@kitware/vtk.js/Rendering/OpenGL/Actor.js';
import '@kitware/vtk.js/Rendering/OpenGL/Camera.js';
import '@kitware/vtk.js/Rendering/OpenGL/PolyDataMapper.js';
import '@kitware/vtk.js/Rendering/OpenGL/Renderer.js';
import vtkDataArray from '@kitware/vtk.js/Common/Core/DataArray.js';
import vtkPolyData from '@kitware/vtk.js/Common/DataModel/PolyData.js';
import vtkActor from '@kitware/vtk.js/Rendering/Core/Actor.js';
import vtkMapper from '@kitware/vtk.js/Rendering/Core/Mapper.js';
import vtkRenderWindow from '@kitware/vtk.js/Rendering/Core/RenderWindow.js';
import vtkRenderer from '@kitware/vtk.js/Rendering/Core/Renderer.js';
import vtkOpenGLRenderWindow from '@kitware/vtk.js/Rendering/OpenGL/RenderWindow.js';

const degree = Math.PI / 180;
const darkestSulcus = 0.38;

function bytes(base64) {
  const text = atob(base64);
  const result = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) result[i] = text.charCodeAt(i);
  return result;
}

const shorts = (base64) => new Uint16Array(bytes(base64).buffer);

// A surface of the data: points in mm, triangles.
function surfaceOf(mesh) {
  const counts = shorts(mesh.points);
  const points = new Float32Array(counts.length);
  for (let i = 0; i < counts.length; i += 1) points[i] = mesh.low[i % 3] + counts[i] * mesh.step;
  const raw = bytes(mesh.triangles).buffer;
  return { points, triangles: mesh.wide ? new Uint32Array(raw) : new Uint16Array(raw) };
}

function normalsOf({ points, triangles }) {
  const normals = new Float32Array(points.length);
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [3 * triangles[t], 3 * triangles[t + 1], 3 * triangles[t + 2]];
    const ux = points[b] - points[a];
    const uy = points[b + 1] - points[a + 1];
    const uz = points[b + 2] - points[a + 2];
    const vx = points[c] - points[a];
    const vy = points[c + 1] - points[a + 1];
    const vz = points[c + 2] - points[a + 2];
    const n = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    for (const corner of [a, b, c]) for (let k = 0; k < 3; k += 1) normals[corner + k] += n[k];
  }
  for (let i = 0; i < normals.length; i += 3) {
    const length = Math.hypot(normals[i], normals[i + 1], normals[i + 2]) || 1;
    for (let k = 0; k < 3; k += 1) normals[i + k] /= length;
  }
  return normals;
}

function actorOf(surface, { colour, opacity = 1, isLit = true, showsInside = true }) {
  const { points, triangles } = surface;
  const cells = new Uint32Array((triangles.length / 3) * 4);
  for (let t = 0, out = 0; t < triangles.length; t += 3) {
    cells[out++] = 3;
    for (let k = 0; k < 3; k += 1) cells[out++] = triangles[t + k];
  }
  const polyData = vtkPolyData.newInstance();
  polyData.getPoints().setData(points, 3);
  polyData.getPolys().setData(cells);
  polyData.getPointData().setNormals(
    vtkDataArray.newInstance({ name: 'Normals', numberOfComponents: 3, values: normalsOf(surface) }));
  const mapper = vtkMapper.newInstance({ scalarVisibility: !colour });
  mapper.setInputData(polyData);
  const actor = vtkActor.newInstance();
  actor.setMapper(mapper);
  const property = actor.getProperty();
  if (colour) property.setColor(...colour);
  property.setOpacity(opacity);
  property.setBackfaceCulling(!showsInside);
  property.setAmbient(isLit ? 0.25 : 1);
  property.setDiffuse(isLit ? 0.85 : 0);
  property.setSpecular(0);
  return { actor, polyData };
}

const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const along = (p, scale, d) => p.map((x, i) => x + scale * d[i]);

// A camera that turns about the head's vertical axis and tips up and down: parallel projection, mm.
class Turntable {
  constructor(centre, halfHeight) {
    this.start = { azimuth: 0, elevation: 0, centre, halfHeight };
    Object.assign(this, this.start);
  }

  towardsViewer() {
    const c = Math.cos(this.elevation);
    return [c * Math.cos(this.azimuth), c * Math.sin(this.azimuth), Math.sin(this.elevation)];
  }

  up() {
    const s = Math.sin(this.elevation);
    return [-s * Math.cos(this.azimuth), -s * Math.sin(this.azimuth), Math.cos(this.elevation)];
  }

  right() {
    return cross(this.up(), this.towardsViewer());
  }

  lookFrom([x, y, z]) {
    const flat = Math.hypot(x, y);
    // Straight from above or below the face is up.
    this.azimuth = flat > 1e-3 ? Math.atan2(y, x) : -90 * degree;
    this.elevation = Math.atan2(z, flat);
  }

  turn(azimuth, elevation) {
    this.azimuth += azimuth;
    this.elevation = Math.max(-90 * degree, Math.min(90 * degree, this.elevation + elevation));
  }

  zoom(factor) {
    const halfHeight = this.halfHeight / factor;
    this.halfHeight = Math.max(8, Math.min(400, halfHeight));
  }

  apply(camera) {
    const back = this.towardsViewer();
    const distance = 600;
    camera.setParallelProjection(true);
    camera.setFocalPoint(...this.centre);
    camera.setPosition(...along(this.centre, distance, back));
    camera.setViewUp(...this.up());
    camera.setParallelScale(this.halfHeight);
    camera.setClippingRange(1, 2 * distance);
  }
}

// Where a ray first meets a surface: the triangle and the weights of its corners (Moller & Trumbore 1997).
function firstHit({ points, triangles }, origin, direction) {
  let best = null;
  let nearest = Infinity;
  const [dx, dy, dz] = direction;
  for (let t = 0; t < triangles.length; t += 3) {
    const a = 3 * triangles[t];
    const b = 3 * triangles[t + 1];
    const c = 3 * triangles[t + 2];
    const ux = points[b] - points[a];
    const uy = points[b + 1] - points[a + 1];
    const uz = points[b + 2] - points[a + 2];
    const vx = points[c] - points[a];
    const vy = points[c + 1] - points[a + 1];
    const vz = points[c + 2] - points[a + 2];
    const px = dy * vz - dz * vy;
    const py = dz * vx - dx * vz;
    const pz = dx * vy - dy * vx;
    const determinant = ux * px + uy * py + uz * pz;
    if (determinant < 1e-9) continue; // Seen from inside, or edge-on.
    const sx = origin[0] - points[a];
    const sy = origin[1] - points[a + 1];
    const sz = origin[2] - points[a + 2];
    const second = (sx * px + sy * py + sz * pz) / determinant;
    if (second < 0 || second > 1) continue;
    const qx = sy * uz - sz * uy;
    const qy = sz * ux - sx * uz;
    const qz = sx * uy - sy * ux;
    const third = (dx * qx + dy * qy + dz * qz) / determinant;
    if (third < 0 || second + third > 1) continue;
    const distance = (vx * qx + vy * qy + vz * qz) / determinant;
    if (distance < nearest) {
      nearest = distance;
      best = { corners: [a / 3, b / 3, c / 3], weights: [1 - second - third, second, third] };
    }
  }
  return best && { ...best, point: along(origin, nearest, direction) };
}

class View {
  constructor(host, data) {
    this.host = host;
    this.data = data;
    this.colours = bytes(data.colours);
    this.cortex = surfaceOf(data.cortex);
    this.shade = bytes(data.cortex.shade);
    this.makeWindow();
    this.makeScene();
    this.makePanel();
    this.listen();
    this.selectPlace(0);
    this.reset();
    new ResizeObserver(() => this.resize()).observe(this.stage);
    host.dataset.state = 'ready';
  }

  makeWindow() {
    this.stage = this.add(this.host, 'div', {
      class: 'stage', tabindex: '0', role: 'application', 'aria-label': this.data.label,
      'aria-roledescription': '3-D view', 'aria-describedby': 'view-keys',
    });
    this.renderWindow = vtkRenderWindow.newInstance();
    this.renderer = vtkRenderer.newInstance();
    this.renderer.setBackground(0, 0, 0, 0);
    this.renderWindow.addRenderer(this.renderer);
    this.gl = vtkOpenGLRenderWindow.newInstance();
    this.gl.setContainer(this.stage);
    this.renderWindow.addView(this.gl);
    const { points } = this.cortex;
    const low = [Infinity, Infinity, Infinity];
    const high = [-Infinity, -Infinity, -Infinity];
    for (let i = 0; i < points.length; i += 1) {
      low[i % 3] = Math.min(low[i % 3], points[i]);
      high[i % 3] = Math.max(high[i % 3], points[i]);
    }
    this.middle = low.map((x, i) => (x + high[i]) / 2);
    this.camera = new Turntable(this.middle, 115);
    this.axes = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    this.axes.setAttribute('class', 'axes');
    this.axes.setAttribute('viewBox', '-40 -40 80 80');
    this.axes.setAttribute('aria-hidden', 'true');
    this.stage.append(this.axes);
    this.readout = this.add(this.stage, 'output', { class: 'readout', 'aria-live': 'polite' });
  }

  makeScene() {
    const { data, renderer } = this;
    const cortex = actorOf(this.cortex, { showsInside: true });
    this.cortexData = cortex.polyData;
    renderer.addActor(cortex.actor);
    this.groups = { cortex: [cortex.actor], coil: [], roi: [], scalp: [] };
    if (data.scalp) {
      const scalp = actorOf(surfaceOf(data.scalp), { colour: data.scalp.colour, opacity: 0.16, showsInside: false });
      renderer.addActor(scalp.actor);
      this.groups.scalp.push(scalp.actor);
    }
    this.places = data.places.map((place) => {
      const bodies = place.bodies.map((body) => {
        const { actor } = actorOf(surfaceOf(body), {
          colour: body.colour, opacity: body.opacity, isLit: body.group !== 'roi', showsInside: body.opacity === 1,
        });
        renderer.addActor(actor);
        this.groups[body.group].push(actor);
        return actor;
      });
      return { ...place, magnitude: shorts(place.magnitude), bodies };
    });
    this.shown = { cortex: true, coil: true, roi: true, scalp: true };
  }

  add(parent, name, attributes, text) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes ?? {})) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    parent.append(element);
    return element;
  }

  makePanel() {
    const { data } = this;
    this.panel = this.add(this.host, 'div', { class: 'panel' });
    const bar = this.add(this.panel, 'div', { class: 'bar', role: 'img' });
    bar.setAttribute('aria-label', `Colours: |E| from 0 to ${data.cap_text} V/m and above at ${data.didt_text}`);
    const stops = [];
    for (let i = 0; i <= 16; i += 1) {
      const at = 3 * Math.min(255, 16 * i);
      stops.push(`rgb(${this.colours[at]},${this.colours[at + 1]},${this.colours[at + 2]})`);
    }
    const scale = this.add(bar, 'div', { class: 'scale' });
    scale.style.background = `linear-gradient(to right,${stops.join(',')})`;
    const ticks = this.add(bar, 'div', { class: 'ticks' });
    for (const tick of data.ticks) this.add(ticks, 'span', {}, tick);
    this.add(bar, 'div', { class: 'unit' }, `|E| in V/m at ${data.didt_text}; ${data.cap_note}`);

    if (this.places.length > 1) {
      const choice = this.add(this.panel, 'fieldset', { class: 'choice' });
      this.add(choice, 'legend', {}, data.choice_label);
      this.places.forEach((place, i) => {
        const label = this.add(choice, 'label');
        const radio = this.add(label, 'input', { type: 'radio', name: 'view-place', value: String(i) });
        radio.checked = i === 0;
        radio.addEventListener('change', () => this.selectPlace(i));
        label.append(` ${place.name}`);
      });
    }
    const layers = this.add(this.panel, 'fieldset', { class: 'choice' });
    this.add(layers, 'legend', {}, 'Show');
    for (const [group, name] of [['cortex', '|E| on the cortex'], ['coil', 'coil'], ['scalp', 'scalp'], ['roi', 'ROI']]) {
      if (this.groups[group].length === 0) continue;
      const label = this.add(layers, 'label');
      const box = this.add(label, 'input', { type: 'checkbox', 'data-layer': group });
      box.checked = true;
      box.addEventListener('change', () => {
        this.shown[group] = box.checked;
        this.showGroups();
      });
      label.append(` ${name}`);
    }
    const views = this.add(this.panel, 'div', { class: 'views', role: 'group', 'aria-label': 'Seen from' });
    this.add(views, 'span', { 'aria-hidden': 'true' }, 'Seen from');
    const directions = [
      ['coil', null], ['left', [-1, 0, 0]], ['right', [1, 0, 0]], ['front', [0, 1, 0]], ['back', [0, -1, 0]],
      ['top', [0, 0, 1]],
    ];
    for (const [name, direction] of directions) {
      const button = this.add(views, 'button', { type: 'button', 'data-view': name }, name);
      button.addEventListener('click', () => {
        this.camera.lookFrom(direction ?? this.places[this.place].outward);
        this.draw();
      });
    }
    const resetButton = this.add(views, 'button', { type: 'button', 'data-view': 'reset' }, 'reset');
    resetButton.addEventListener('click', () => this.reset());
  }

  selectPlace(index) {
    this.place = index;
    const { magnitude, scale } = this.places[index];
    const rgb = new Uint8Array(3 * magnitude.length);
    for (let i = 0; i < magnitude.length; i += 1) {
      const at = 3 * Math.min(255, Math.round((255 * magnitude[i] * scale) / this.data.cap));
      const shade = darkestSulcus + ((1 - darkestSulcus) * this.shade[i]) / 255;
      for (let k = 0; k < 3; k += 1) rgb[3 * i + k] = Math.round(this.colours[at + k] * shade);
    }
    this.cortexData.getPointData().setScalars(
      vtkDataArray.newInstance({ name: 'colours', numberOfComponents: 3, values: rgb }));
    this.cortexData.modified();
    this.showGroups();
  }

  showGroups() {
    for (const [group, actors] of Object.entries(this.groups)) {
      for (const actor of actors) actor.setVisibility(this.shown[group]);
    }
    this.places.forEach((place, i) => {
      if (i !== this.place) for (const actor of place.bodies) actor.setVisibility(false);
    });
    this.draw();
  }

  reset() {
    Object.assign(this.camera, this.camera.start);
    this.camera.lookFrom(this.places[this.place].outward);
    // A little to the side: the windings cross over the middle of the field.
    this.camera.turn(24 * degree, 0);
    if (this.camera.elevation > 70 * degree) this.camera.elevation = 70 * degree;
    this.draw();
  }

  resize() {
    const { width, height } = this.stage.getBoundingClientRect();
    if (width < 2 || height < 2) return;
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    this.gl.setSize(Math.round(width * ratio), Math.round(height * ratio));
    this.gl.getCanvas().style.width = '100%';
    this.gl.getCanvas().style.height = '100%';
    this.draw();
  }

  draw() {
    if (this.pending) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = 0;
      this.camera.apply(this.renderer.getActiveCamera());
      this.renderWindow.render();
      this.drawAxes();
      this.host.dataset.frames = String(Number(this.host.dataset.frames ?? 0) + 1);
    });
  }

  drawAxes() {
    const right = this.camera.right();
    const up = this.camera.up();
    const back = this.camera.towardsViewer();
    const marks = [];
    for (const [axis, [plus, minus]] of [[0, 'RL'], [1, 'AP'], [2, 'SI']]) {
      for (const [sign, letter] of [[1, plus], [-1, minus]]) {
        const [x, y, z] = [sign * right[axis], -sign * up[axis], sign * back[axis]];
        const opacity = z < -0.5 ? 0.35 : 1;
        if (sign > 0) marks.push(`<line x2="${22 * x}" y2="${22 * y}" opacity="${opacity}"/>`);
        marks.push(`<text x="${31 * x}" y="${31 * y}" opacity="${opacity}">${letter}</text>`);
      }
    }
    this.axes.innerHTML = marks.join('');
  }

  // What lies under a point of the stage (CSS pixels from its upper left corner).
  read(x, y) {
    const { width, height } = this.stage.getBoundingClientRect();
    const perPixel = (2 * this.camera.halfHeight) / height;
    const back = this.camera.towardsViewer();
    let origin = along(this.camera.centre, (x - width / 2) * perPixel, this.camera.right());
    origin = along(origin, (height / 2 - y) * perPixel, this.camera.up());
    const hit = firstHit(this.cortex, along(origin, 600, back), back.map((c) => -c));
    if (!hit) {
      this.readout.textContent = '';
      return;
    }
    const { magnitude, scale } = this.places[this.place];
    const value = hit.corners.reduce((sum, node, i) => sum + hit.weights[i] * magnitude[node] * scale, 0);
    const at = hit.point.map((c) => c.toFixed(0).replace('-', '−')).join(', ');
    this.readout.textContent = `|E| ${value.toPrecision(3)} V/m at (${at}) mm`;
  }

  listen() {
    const { stage, camera } = this;
    const pointers = new Map();
    let moved = false;
    stage.addEventListener('pointerdown', (event) => {
      pointers.set(event.pointerId, [event.clientX, event.clientY]);
      stage.setPointerCapture(event.pointerId);
      moved = false;
    });
    stage.addEventListener('pointermove', (event) => {
      const last = pointers.get(event.pointerId);
      const box = stage.getBoundingClientRect();
      if (!last) {
        if (event.pointerType === 'mouse' && !this.reading) {
          const [x, y] = [event.clientX - box.left, event.clientY - box.top];
          this.reading = requestAnimationFrame(() => {
            this.reading = 0;
            this.read(x, y);
          });
        }
        return;
      }
      const now = [event.clientX, event.clientY];
      const [dx, dy] = [now[0] - last[0], now[1] - last[1]];
      if (pointers.size === 2) {
        const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
        camera.zoom(Math.hypot(now[0] - other[0], now[1] - other[1]) /
                    Math.max(1, Math.hypot(last[0] - other[0], last[1] - other[1])));
      } else if (event.shiftKey || event.buttons === 4) {
        const perPixel = (2 * camera.halfHeight) / box.height;
        camera.centre = along(along(camera.centre, -dx * perPixel, camera.right()), dy * perPixel, camera.up());
      } else {
        camera.turn(-dx * 0.5 * degree, dy * 0.5 * degree);
      }
      moved = moved || Math.abs(dx) + Math.abs(dy) > 1;
      pointers.set(event.pointerId, now);
      this.draw();
    });
    const release = (event) => {
      const was = pointers.delete(event.pointerId);
      if (was && !moved && event.type === 'pointerup') {
        const box = stage.getBoundingClientRect();
        this.read(event.clientX - box.left, event.clientY - box.top);
      }
    };
    stage.addEventListener('pointerup', release);
    stage.addEventListener('pointercancel', release);
    // The wheel scrolls the page until the view has the focus.
    stage.addEventListener('wheel', (event) => {
      if (document.activeElement !== stage) return;
      event.preventDefault();
      camera.zoom(Math.exp(-0.0015 * event.deltaY));
      this.draw();
    }, { passive: false });
    const step = 5 * degree;
    const keys = {
      ArrowLeft: () => camera.turn(step, 0),
      ArrowRight: () => camera.turn(-step, 0),
      ArrowUp: () => camera.turn(0, -step),
      ArrowDown: () => camera.turn(0, step),
      '+': () => camera.zoom(1.15),
      '=': () => camera.zoom(1.15),
      '-': () => camera.zoom(1 / 1.15),
      0: () => this.reset(),
      Enter: () => this.read(stage.clientWidth / 2, stage.clientHeight / 2),
    };
    stage.addEventListener('keydown', (event) => {
      const action = keys[event.key];
      if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      action();
      this.draw();
    });
  }
}

const host = document.getElementById('view3d');
const source = document.getElementById('scene-data');
if (host && source) {
  if (document.createElement('canvas').getContext('webgl2')) {
    new View(host, JSON.parse(source.textContent));
  } else {
    host.dataset.state = 'unavailable';
    const note = document.createElement('p');
    note.className = 'notice';
    note.textContent = 'This browser offers no WebGL 2, which the interactive view needs; the pictures show the same.';
    host.append(note);
  }
}
