// A drawing context that writes SVG: as much of CanvasRenderingContext2D as Chart.js 3 uses for bars, lines, points, axes and legends
// (translations and rotations, no scaling). Whatever else is called of it throws.
'use strict';
const SvgContext = (() => {
  const start = {
    fillStyle: '#000000', strokeStyle: '#000000', lineWidth: 1, lineCap: 'butt', lineJoin: 'miter', lineDashOffset: 0, dash: [],
    font: '10px sans-serif', textAlign: 'start', textBaseline: 'alphabetic', matrix: [1, 0, 0, 1, 0, 0], clipping: null,
  };
  const stateOf = (context) => Object.fromEntries(Object.keys(start).map((key) => [key, context[key]]));

  /** Text for XML, which cannot have all characters. */
  const xml = (text) => String(text)
    .replace(/[\p{Cs}\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/gu, '\ufffd')
    .replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
  const short = (number) => Math.round(number * 100) / 100;

  return class {
    /** In pixels; `ruler` is a real context, which measures texts and reads colours. */
    constructor(width, height, ruler) {
      Object.assign(this, start, {canvas: {width, height}, ruler, elements: [], clips: 0, path: [], saved: []});
    }

    /** The drawing as a file. */
    text() {
      const {width, height} = this.canvas;
      return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">\n` +
        `${this.elements.join('\n')}\n</svg>\n`;
    }

    /** Attributes without a value are left out. */
    add(tag, attributes, content = '') {
      const texts = Object.entries({...attributes, 'clip-path': this.clipping && `url(#${this.clipping})`})
        .filter(([, value]) => value !== null && value !== undefined)
        .map(([name, value]) => ` ${name}="${xml(value)}"`);
      this.elements.push(`<${tag}${texts.join('')}>${content}</${tag}>`);
    }

    // --- State ---

    save() { this.saved.push(stateOf(this)); }
    restore() { Object.assign(this, this.saved.pop()); }
    setLineDash(dash) { this.dash = [...dash]; }
    resetTransform() { this.matrix = start.matrix; }
    setTransform(...matrix) { this.matrix = matrix; }

    translate(x, y) { this.matrix = [...this.matrix.slice(0, 4), ...this.at(x, y)]; }

    rotate(angle) {
      const [a, b, c, d, e, f] = this.matrix;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      this.matrix = [a * cos + c * sin, b * cos + d * sin, c * cos - a * sin, d * cos - b * sin, e, f];
    }

    at(x, y) {
      const [a, b, c, d, e, f] = this.matrix;
      return [a * x + c * y + e, b * x + d * y + f];
    }

    // --- Paths ---

    step(letter, x, y) { this.path.push(letter + this.at(x, y).map(short).join(' ')); }
    beginPath() { this.path = []; }
    closePath() { if (this.path.length) this.path.push('Z'); }
    moveTo(x, y) { this.step('M', x, y); }
    lineTo(x, y) { this.step(this.path.length ? 'L' : 'M', x, y); }

    rect(x, y, width, height) {
      this.moveTo(x, y);
      this.lineTo(x + width, y);
      this.lineTo(x + width, y + height);
      this.lineTo(x, y + height);
      this.closePath();
    }

    /** As two arcs, so that each is at most half a circle. */
    arc(x, y, radius, from, to, backwards = false) {
      const circle = 2 * Math.PI;
      const sign = backwards ? -1 : 1;
      const turn = sign * (to - from) >= circle ? circle : ((sign * (to - from) % circle) + circle) % circle;
      const place = (angle) => [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
      this.lineTo(...place(from));
      const letter = `A${short(radius)} ${short(radius)} 0 0 ${backwards ? 0 : 1} `;
      for (const angle of [from + sign * turn / 2, from + sign * turn]) this.step(letter, ...place(angle));
    }

    clip() {
      const name = `clip${++this.clips}`;
      const path = `<path d="${this.path.join('')}"/>`;
      this.add('clipPath', {id: name}, path);
      this.clipping = name;
    }

    // --- Ink ---

    /** A colour and its opacity, which all readers of SVG know as two attributes. */
    ink(name, colour) {
      this.ruler.fillStyle = '#000000';
      this.ruler.fillStyle = colour;
      const read = this.ruler.fillStyle;  // #rrggbb or rgba(r, g, b, a)
      const parts = /^rgba\((.*), ([\d.]+)\)$/.exec(read);
      if (!parts) return {[name]: read};
      return Number(parts[2]) === 0 ? {[name]: 'none'} : {[name]: `rgb(${parts[1]})`, [`${name}-opacity`]: parts[2]};
    }

    fill() {
      if (this.path.length) this.add('path', {d: this.path.join(''), ...this.ink('fill', this.fillStyle)});
    }

    stroke(path) {
      if (path) throw new Error('a Path2D cannot be read');
      if (!this.path.length) return;
      this.add('path', {
        d: this.path.join(''), fill: 'none', ...this.ink('stroke', this.strokeStyle), 'stroke-width': short(this.lineWidth),
        'stroke-linecap': this.lineCap, 'stroke-linejoin': this.lineJoin,
        'stroke-dasharray': this.dash.length ? this.dash.map(short).join(' ') : null,
        'stroke-dashoffset': this.dash.length ? short(this.lineDashOffset) : null,
      });
    }

    fillRect(...rectangle) { this.alone(rectangle, () => this.fill()); }
    strokeRect(...rectangle) { this.alone(rectangle, () => this.stroke()); }
    clearRect() {}  // nothing is drawn twice

    /** With a rectangle for the path, which is as it was afterwards. */
    alone(rectangle, use) {
      const path = this.path;
      this.path = [];
      this.rect(...rectangle);
      use();
      this.path = path;
    }

    // --- Text ---

    measureText(text) {
      this.ruler.font = this.font;
      return this.ruler.measureText(text);
    }

    fillText(text, x, y) {
      const [, style, size, family] = /^(.*?)([\d.]+)px (.*)$/.exec(this.font);
      // Readers of SVG disagree on baselines: the text is moved instead, in parts of its size.
      const down = {top: 0.8, middle: 0.35, bottom: -0.2}[this.textBaseline] || 0;
      const isTurned = this.matrix[1] !== 0;
      const place = [x, y + down * Number(size)];
      const [left, top] = (isTurned ? place : this.at(...place)).map(short);
      this.add('text', {
        x: left, y: top, transform: isTurned ? `matrix(${this.matrix.map((n) => n.toFixed(4)).join(' ')})` : null,
        'text-anchor': {center: 'middle', right: 'end', end: 'end'}[this.textAlign],
        'font-family': family, 'font-size': size, 'font-weight': (/\b(bold|\d{3})\b/.exec(style) || [])[1],
        ...this.ink('fill', this.fillStyle),
      }, xml(text));
    }
  };
})();
