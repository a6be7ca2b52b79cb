// Saves figures as SVG and PNG and tables as CSV; the page makes the files itself.
'use strict';
const throngDownloads = (() => {
  const {charts, canvases, theme, inLight, configurationOf, heightOf, make} = throngPage;
  const leastWidth = 640;  // of a figure, in pixels of CSS; a phone's are no size for paper
  const margin = 12;       // around it
  const sharpness = 3;     // pixels of a PNG for each of these

  function save(blob, name) {
    const address = URL.createObjectURL(blob);
    make('a', {href: address, download: name}).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);  // it is read after the click
  }

  /** Letters and digits of a title, for the name of a file. */
  const slug = (title) => title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '').slice(0, 60) || 'throng';

  // --- CSV ---

  /** As cells of `throng report --csv`: what a spreadsheet would take for a formula gets an apostrophe, but for numbers. */
  function csvCell(value) {
    const text = String(value === null || value === undefined ? '' : value);
    const isNumber = /^[-+]?[\d.,]*( ± [\d.,]+)?$/.test(text);
    const isFormula = /^(?:[\t\r]|[\p{Z}\p{C}]*[=+\-@\uff0b\uff0d\uff1d\uff20])/u.test(text);
    const safe = isFormula && !isNumber ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  }

  /** RFC 4180. */
  function saveCsv(title, rows) {
    const text = rows.map((row) => row.map(csvCell).join(',') + '\r\n').join('');
    save(new Blob([text], {type: 'text/csv'}), `${slug(title)}.csv`);
  }

  /** Numbers as they are, where the page shows fewer digits of them. */
  const rowsOf = (table) => [...table.rows].map((row) =>
    [...row.cells].map((cell) => cell.dataset.value || cell.textContent));

  // --- Charts ---

  /** Lines of at most so many characters. */
  function lines(text, length) {
    const wrapped = [''];
    for (const word of text.split(/\s+/)) {
      const last = wrapped[wrapped.length - 1];
      if (last && last.length + 1 + word.length > length) wrapped.push(word);
      else wrapped[wrapped.length - 1] = last ? `${last} ${word}` : word;
    }
    return wrapped;
  }

  const paper = {
    id: 'paper',
    beforeDraw({ctx, width, height, options}) {
      ctx.fillStyle = options.paper;
      ctx.fillRect(0, 0, width, height);
    },
  };

  /** Calls `draw` with the chart's configuration, for paper and with its title, and its size. */
  function drawn(canvas, draw) {
    const chart = charts[Number(canvas.dataset.chart)];
    const width = Math.max(leastWidth, Math.round(canvas.clientWidth));
    const title = lines(chart.title || '', Math.floor(width / 8));
    const height = heightOf(chart) + 20 * title.length + 16 + 2 * margin;
    return inLight(() => {
      const looks = theme();
      const configuration = configurationOf(chart, looks);
      Object.assign(configuration.options, {responsive: false, devicePixelRatio: 1, paper: looks.paper, layout: {padding: margin}});
      // Lines without segments are drawn by Path2D, which nobody can read.
      for (const dataset of configuration.data.datasets) dataset.segment = {};
      configuration.options.plugins.title = {
        display: true, text: title, color: looks.ink, align: 'start', font: {size: 14, weight: '600'}, padding: {bottom: 12},
      };
      configuration.plugins = [paper, ...(configuration.plugins || [])];
      configuration.platform = Chart.platforms.BasicPlatform;  // which knows nothing of pages
      return draw(configuration, width, height);
    });
  }

  function chartAsSvg(canvas) {
    return drawn(canvas, (configuration, width, height) => {
      const context = new SvgContext(width, height, document.createElement('canvas').getContext('2d'));
      new Chart({...context.canvas, getContext: () => context}, configuration).destroy();
      return context.text();
    });
  }

  function chartAsPng(canvas, use) {
    drawn(canvas, (configuration, width, height) => {
      const picture = make('canvas', {width, height});
      configuration.options.devicePixelRatio = sharpness;
      const chart = new Chart(picture, configuration);
      picture.toBlob((blob) => {
        chart.destroy();
        use(blob);
      });
    });
  }

  // --- Drawings: SVG that the page brought along ---

  const painted = [
    'fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'opacity', 'font-family', 'font-size', 'font-weight',
    'text-anchor', 'dominant-baseline',
  ];

  function svgElement(name, attributes, text = '') {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
    element.textContent = text;
    return element;
  }

  /** A copy that needs no style sheet, on paper and under its title, as text, and its size. */
  function drawingOnPaper(drawing, title) {
    return inLight(() => {
      const copy = drawing.cloneNode(true);
      const originals = [drawing, ...drawing.querySelectorAll('*')];
      [copy, ...copy.querySelectorAll('*')].forEach((element, n) => {
        const style = getComputedStyle(originals[n]);
        for (const name of painted) element.setAttribute(name, style.getPropertyValue(name));
        element.removeAttribute('class');
      });
      const looks = theme();
      const {x, y, width, height: below} = drawing.viewBox.baseVal;
      const words = lines(title, Math.floor(width / 8));
      const above = 20 * words.length + 12;
      const height = above + below;
      for (const [name, value] of Object.entries({viewBox: `${x} ${y - above} ${width} ${height}`, width, height}))
        copy.setAttribute(name, value);
      copy.prepend(svgElement('rect', {x, y: y - above, width, height, fill: looks.paper}));
      const font = {fill: looks.ink, 'font-family': getComputedStyle(document.body).fontFamily, 'font-size': 14, 'font-weight': 600};
      words.forEach((line, n) =>
        copy.append(svgElement('text', {x: x + margin, y: y - above + 20 * (n + 1), stroke: 'none', 'text-anchor': 'start', ...font}, line)));
      return {text: new XMLSerializer().serializeToString(copy), width, height};
    });
  }

  function drawingAsPng(drawing, title, use) {
    const {text, width, height} = drawingOnPaper(drawing, title);
    const image = new Image();
    image.addEventListener('load', () => {
      const picture = make('canvas', {width: sharpness * width, height: sharpness * height});
      picture.getContext('2d').drawImage(image, 0, 0, picture.width, picture.height);
      picture.toBlob(use);
    });
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  }

  // --- Buttons ---

  const svgFile = (text) => new Blob([text], {type: 'image/svg+xml'});
  const button = (kind, title, onclick) => make('button', {type: 'button', 'aria-label': `Save ${title} as ${kind}`, onclick}, kind);

  for (const figure of document.querySelectorAll('figure')) {
    const title = figure.querySelector('figcaption').textContent;
    const canvas = figure.querySelector('canvas');
    const drawing = figure.querySelector('svg');
    const table = figure.querySelector('table');
    const name = slug(title);
    figure.querySelector('.foot').append(make('span', {class: 'save'},
      button('SVG', title, () => save(svgFile(canvas ? chartAsSvg(canvas) : drawingOnPaper(drawing, title).text), `${name}.svg`)),
      button('PNG', title, () => (canvas ? chartAsPng(canvas, (blob) => save(blob, `${name}.png`))
        : drawingAsPng(drawing, title, (blob) => save(blob, `${name}.png`)))),
      table && button('CSV', title, () => saveCsv(title, rowsOf(table)))));
  }
  for (const scroll of document.querySelectorAll('section > .scroll')) {
    const table = scroll.querySelector('table');
    const title = (table.caption || scroll.parentElement.querySelector('h2')).textContent;
    scroll.after(make('p', {class: 'save'}, button('CSV', title, () => saveCsv(title, rowsOf(table)))));
  }
  return {button, saveCsv};
})();
