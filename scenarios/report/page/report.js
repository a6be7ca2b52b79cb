// Draws the charts of a report with Chart.js. Their data is documented in scenarios/report/page.h. What the page's other scripts need
// of it is `throngPage`.
'use strict';
const throngPage = (() => {
  const charts = JSON.parse(document.getElementById('charts').textContent);
  const canvases = [...document.querySelectorAll('canvas[data-chart]')];
  const spoken = document.getElementById('spoken');
  const root = document.documentElement;

  /** An element. Attributes that begin with "on" are listeners, those that are null or false are left out; children are elements and
   *  texts (which stay text), those that are null are left out. */
  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
      else if (value !== null && value !== false) element.setAttribute(name, value === true ? '' : value);
    }
    element.append(...children.flat(Infinity).filter((child) => child !== null));
    return element;
  }

  // --- Looks ---

  /** The colours of the style sheet as they are now: light or dark. */
  function theme() {
    const style = getComputedStyle(root);
    const colour = (name) => style.getPropertyValue(name).trim();
    return {
      paper: colour('--paper'), ink: colour('--ink'), quiet: colour('--quiet'), line: colour('--line'),
      series: [0, 1, 2, 3, 4, 5].map((n) => colour('--series-' + n)),
    };
  }

  /** Does something while the style sheet has the light colours, which paper has. */
  function inLight(something) {
    const before = root.dataset.printing;
    root.dataset.printing = '';
    try {
      return something();
    } finally {
      if (before === undefined) delete root.dataset.printing;
    }
  }

  const seriesColour = (looks, n) => looks.series[n % looks.series.length];
  const transparent = (colour, alpha) => colour + alpha;  // '#rrggbb' and two hexadecimal digits
  const points = ['circle', 'rect', 'triangle', 'rectRot', 'crossRot', 'star'];

  /** Whole numbers are counts; `measured` ones get as many digits as their neighbours if they happen to be whole. */
  function numberText(value, measured = !Number.isInteger(value)) {
    if (value === null || value === undefined) return 'none';
    if (!measured) return value.toLocaleString('en');
    const digits = Math.abs(value) >= 100 ? 1 : Math.abs(value) >= 0.01 || value === 0 ? 3 : 5;
    return value.toLocaleString('en', {minimumFractionDigits: Math.min(digits, 3), maximumFractionDigits: digits});
  }

  const areMeasured = (values) => values.some((value) => typeof value === 'number' && !Number.isInteger(value));

  const shortened = (text, length) => (text.length > length ? text.slice(0, length - 1) + '…' : text);

  function axis(looks, title, more) {
    return {
      title: {display: Boolean(title), text: title || '', color: looks.quiet},
      grid: {color: looks.line, borderColor: looks.line, drawTicks: false},
      ticks: {color: looks.quiet, padding: 6, maxRotation: 0},
      ...more,
    };
  }

  function commonOptions(looks) {
    return {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      layout: {padding: {right: 8}},
      plugins: {
        legend: {
          align: 'start', onClick: () => {},
          labels: {color: looks.ink, boxWidth: 8, boxHeight: 8, usePointStyle: true, padding: 14},
        },
        tooltip: {
          backgroundColor: looks.ink, titleColor: looks.paper, bodyColor: looks.paper, padding: 10,
          cornerRadius: 4, boxPadding: 5, usePointStyle: true,
        },
      },
    };
  }

  // --- Kinds of charts: each returns Chart.js's configuration ---

  /** Whiskers of 95 % intervals on the bars of data sets that have `halfWidths`, and the points that stand for bars where there are
   *  `points`, their colour or one for each of them. */
  const whiskers = {
    id: 'whiskers',
    afterDatasetsDraw(chart) {
      chart.data.datasets.forEach((dataset, n) => {
        if (!dataset.halfWidths) return;
        const lying = chart.options.indexAxis === 'y';
        const scale = lying ? chart.scales.x : chart.scales.y;
        const draw = chart.ctx;
        draw.save();
        draw.strokeStyle = chart.options.whiskerColour;
        draw.lineWidth = 1.25;
        chart.getDatasetMeta(n).data.forEach((bar, i) => {
          if (!dataset.halfWidths[i]) return;
          const ends = [-1, 1].map((sign) => scale.getPixelForValue(dataset.data[i] + sign * dataset.halfWidths[i]));
          draw.beginPath();
          if (lying) draw.moveTo(ends[0], bar.y), draw.lineTo(ends[1], bar.y);
          else draw.moveTo(bar.x, ends[0]), draw.lineTo(bar.x, ends[1]);
          draw.stroke();
        });
        if (dataset.points) {
          chart.getDatasetMeta(n).data.forEach((bar, i) => {
            if (typeof dataset.data[i] !== 'number') return;
            draw.fillStyle = Array.isArray(dataset.points) ? dataset.points[i] : dataset.points;
            draw.beginPath();
            draw.arc(bar.x, bar.y, 5, 0, 2 * Math.PI);
            draw.fill();
          });
        }
        draw.restore();
      });
    },
  };

  /** Keeps the legend apart from the plot. */
  const legendRoom = {
    id: 'legendRoom',
    beforeInit(chart) {
      const fit = chart.legend.fit;
      chart.legend.fit = function () {
        fit.call(this);
        if (this.options.display) this.height += 8;
      };
    },
  };

  /** One colour for each group, or else for each series; the legend shows what the colours mean. */
  function barColours(chart, looks) {
    if (!chart.groups) return {of: (n) => seriesColour(looks, n), names: chart.series.map((s) => s.name)};
    const names = [...new Set(chart.groups)];
    const colours = chart.groups.map((group) => seriesColour(looks, names.indexOf(group)));
    return {of: () => colours, names};
  }

  function bars(chart, looks) {
    const lying = chart.direction === 'down';
    const colours = barColours(chart, looks);
    const options = commonOptions(looks);
    options.indexAxis = lying ? 'y' : 'x';
    options.whiskerColour = looks.ink;
    const ends = (sign) => chart.series.flatMap((s) => s.values.map((v, i) => v + sign * (s.half_widths ? s.half_widths[i] : 0)));
    const values = axis(looks, chart.unit, {
      beginAtZero: true, suggestedMin: Math.min(0, ...ends(-1)), suggestedMax: Math.max(0, ...ends(1)),
    });
    const arePoints = chart.shape === 'points';
    if (arePoints) values.grid.color = (line) => (line.tick.value === 0 ? looks.ink : looks.line);
    const labels = axis(looks, chart.x_title, {grid: {display: false, borderColor: looks.line}});
    labels.ticks.autoSkip = !lying;
    if (lying) {
      labels.ticks.callback = function (value) {
        return shortened(this.getLabelForValue(value), this.chart.width < 420 ? 20 : 34);
      };
    }
    options.scales = lying ? {x: values, y: labels} : {x: labels, y: values};
    options.plugins.legend.display = colours.names.length > 1;
    if (chart.groups || arePoints) {
      options.plugins.legend.labels.generateLabels = () => colours.names.map((name, n) => ({
        text: name, fillStyle: seriesColour(looks, n), strokeStyle: 'transparent', fontColor: looks.ink,
        pointStyle: 'rect',
      }));
    }
    options.plugins.tooltip.callbacks = {
      label: (item) => {
        const {label, data, halfWidths} = item.dataset;
        const text = label + ': ' + numberText(item.raw, areMeasured(data));
        const half = halfWidths && halfWidths[item.dataIndex];
        return typeof half === 'number' ? text + ' ± ' + numberText(half, true) + ' (95 %)' : text;
      },
    };
    return {
      type: 'bar',
      data: {
        labels: chart.labels,
        datasets: chart.series.map((s, n) => ({
          label: s.name, data: s.values, halfWidths: s.half_widths, borderRadius: 2,
          backgroundColor: arePoints ? 'transparent' : colours.of(n), points: arePoints ? colours.of(n) : null,
          maxBarThickness: 56, categoryPercentage: 0.86, barPercentage: 0.86, pointStyle: 'rect',
        })),
      },
      options,
      plugins: [whiskers],
    };
  }

  /** The data sets of one curve: the two ends of its band, if it has one, and the means. */
  function curveDatasets(series, n, looks) {
    const colour = seriesColour(looks, series.colour === undefined ? n : series.colour);
    const ends = (key) => series.points.map((p) => ({x: p.x, y: p[key] === undefined ? null : p[key]}));
    const band = {borderWidth: 0, pointRadius: 0, pointHitRadius: 0, isBand: true, label: series.name};
    const mean = {
      label: series.name, data: ends('mean'), borderColor: colour, backgroundColor: colour, borderWidth: 2,
      pointRadius: 3.5, pointHoverRadius: 5,
      pointStyle: points[(n + Math.floor(n / points.length)) % points.length],  // another one where colours begin again
      borderDash: series.line === 'dashed' ? [6, 4] : [], series,
    };
    if (!series.points.some((p) => p.low !== undefined)) return [mean];
    return [
      {...band, data: ends('low'), fill: false},
      {...band, data: ends('high'), fill: '-1', backgroundColor: transparent(colour, '2e')},
      mean,
    ];
  }

  /** The ends of the axis of values where the room that it leaves would show values that cannot be. */
  function limitsWithin(chart) {
    const [least, greatest] = chart.range;
    const values = chart.series.flatMap((s) => s.points.flatMap((p) => [p.low, p.mean, p.high]))
      .filter((value) => typeof value === 'number');
    const [low, high] = [Math.min(...values), Math.max(...values)];
    // The grace of the axis, and something for its round numbers; a single value gets 1 on both sides.
    const room = low === high ? 1 : 0.1 * (high - low);
    const limits = {};
    if (low - room <= least) limits.min = least;
    if (greatest !== null && high + room >= greatest) limits.max = greatest;
    return limits;
  }

  function curves(chart, looks) {
    const options = commonOptions(looks);
    const whole = chart.series.every((s) => s.points.every((p) => Number.isInteger(p.x)));
    options.scales = {
      x: axis(looks, chart.x_title, {type: 'linear', grid: {display: false, borderColor: looks.line}}),
      y: axis(looks, chart.unit, {grace: '8%'}),
    };
    if (whole) options.scales.x.ticks.precision = 0;
    if (chart.range) Object.assign(options.scales.y, limitsWithin(chart));
    options.interaction = {mode: 'nearest', intersect: false};
    options.plugins.legend.labels.filter = (item, data) => !data.datasets[item.datasetIndex].isBand;
    options.plugins.tooltip.filter = (item) => !item.dataset.isBand;
    options.plugins.tooltip.callbacks = {
      title: (items) => items.slice(0, 1).map((item) => (chart.x_title || 'x') + ' ' + numberText(item.raw.x)),
      label: (item) => {
        const point = item.dataset.series.points[item.dataIndex];
        const whole = !areMeasured(item.dataset.series.points.map((p) => p.mean));
        const band = point.low === undefined ? '' : ' (' + numberText(point.low) + ' to ' + numberText(point.high) + ')';
        return item.dataset.label + ': ' + numberText(item.raw.y, !whole) + band;
      },
    };
    return {
      type: 'line',
      data: {datasets: chart.series.flatMap((s, n) => curveDatasets(s, n, looks))},
      options,
    };
  }

  /** An axis of log(1 + value) for such values, with ticks at 0, 1, 3, 10, 30, ... */
  function logarithmic(options, shown) {
    const powers = [0, 1, 2, 3, 4, 5, 6, 7, 8];
    const values = [0, ...powers.flatMap((power) => [10 ** power, 3 * 10 ** power])];
    const least = Math.min(...shown);
    return {
      ...options,
      min: Math.log1p(Math.max(...values.filter((value) => value <= least))),
      max: Math.log1p(Math.max(...shown)) * 1.02,
      afterBuildTicks: (scale) => {
        scale.ticks = values.map((value) => ({value: Math.log1p(value)}))
          .filter((tick) => tick.value >= scale.min && tick.value <= scale.max);
      },
      ticks: {...options.ticks, autoSkip: true, callback: (value) => numberText(Math.round(Math.expm1(value)))},
    };
  }

  function scatter(chart, looks) {
    const log = chart.scale === 'log';
    const place = log ? Math.log1p : (value) => value;
    const placed = (list) => list.map((p) => ({x: place(p.x), y: place(p.y), point: p}));
    const options = commonOptions(looks);
    const x = axis(looks, chart.x_title, {type: 'linear'});
    const y = axis(looks, chart.unit, {type: 'linear'});
    const shown = (key) => chart.points.map((p) => p[key]);
    options.scales = log ? {x: logarithmic(x, shown('x')), y: logarithmic(y, shown('y'))} : {x, y};
    options.plugins.legend.display = Boolean(chart.reference);
    options.plugins.legend.labels.filter = (item) => item.datasetIndex === 1;
    options.plugins.tooltip.filter = (item) => item.datasetIndex === 0;
    options.plugins.tooltip.callbacks = {
      title: (items) => items.slice(0, 1).map((item) => item.raw.point.name),
      label: (item) => [
        (chart.x_title || 'x') + ': ' + numberText(item.raw.point.x),
        (chart.unit || 'y') + ': ' + numberText(item.raw.point.y),
      ],
    };
    const datasets = [{
      label: chart.title, data: placed(chart.points), backgroundColor: transparent(looks.series[0], '80'),
      borderColor: looks.series[0], borderWidth: 0.5, pointRadius: 3.5, pointHoverRadius: 6,
    }];
    if (chart.reference) {
      datasets.push({
        type: 'line', label: chart.reference.name, data: placed(chart.reference.points), borderWidth: 1.5,
        borderColor: looks.quiet, backgroundColor: looks.quiet, borderDash: [4, 4], pointRadius: 0,
        pointHitRadius: 0, pointStyle: 'line',
      });
    }
    return {type: 'scatter', data: {datasets}, options};
  }

  // --- Drawing ---

  const heightOf = (chart) => {
    if (chart.kind === 'scatter') return 380;
    if (chart.kind !== 'bars') return 310;
    if (chart.direction !== 'down') return 240;
    const row = Math.max(24, 13 * chart.series.length + 6);
    return chart.labels.length * row + (chart.unit ? 56 : 32) + (chart.groups || chart.series.length > 1 ? 36 : 0);
  };

  function configurationOf(chart, looks) {
    if (chart.kind === 'bars') return bars(chart, looks);
    return chart.kind === 'scatter' ? scatter(chart, looks) : curves(chart, looks);
  }

  function drawAll() {
    const looks = theme();
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    Chart.defaults.font.size = 12;
    Chart.register(legendRoom);
    for (const canvas of canvases) {
      const chart = charts[Number(canvas.dataset.chart)];
      const before = Chart.getChart(canvas);
      if (before) before.destroy();
      canvas.parentElement.style.height = heightOf(chart) + 'px';
      new Chart(canvas, configurationOf(chart, looks));
    }
  }

  // --- Keyboard: the arrows go from value to value ---

  /** Every value that has a tooltip, in reading order. */
  function valuesOf(chart) {
    return chart.data.datasets.flatMap((dataset, datasetIndex) =>
      dataset.isBand || (chart.config.type === 'scatter' && datasetIndex > 0)
        ? []
        : dataset.data.map((_, index) => ({datasetIndex, index})));
  }

  function select(canvas, position) {
    const chart = Chart.getChart(canvas);
    const values = valuesOf(chart);
    const chosen = position === null ? [] : [values[(position + values.length) % values.length]];
    canvas.dataset.position = position === null ? '' : (position + values.length) % values.length;
    chart.setActiveElements(chosen);
    const at = chosen.map((one) => chart.getDatasetMeta(one.datasetIndex).data[one.index]);
    chart.tooltip.setActiveElements(chosen, at.length ? {x: at[0].x, y: at[0].y} : {x: 0, y: 0});
    chart.update();
    spoken.textContent = chosen.length
      ? [...chart.tooltip.title, ...chart.tooltip.body.flatMap((part) => part.lines)].join(', ') : '';
  }

  function onKey(event) {
    const steps = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1};
    const canvas = event.currentTarget;
    const position = canvas.dataset.position;
    if (event.key === 'Escape') {
      select(canvas, null);
    } else if (event.key in steps) {
      const step = steps[event.key];
      select(canvas, position ? Number(position) + step : step > 0 ? 0 : -1);
      event.preventDefault();
    }
  }

  for (const canvas of canvases) {
    canvas.addEventListener('keydown', onKey);
    canvas.addEventListener('blur', () => canvas.dataset.position && select(canvas, null));
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
  // Paper is white: charts are drawn again in the light colours, and back.
  addEventListener('beforeprint', () => { root.dataset.printing = ''; drawAll(); });
  addEventListener('afterprint', () => { delete root.dataset.printing; drawAll(); });
  drawAll();
  return {charts, canvases, theme, inLight, configurationOf, heightOf, make, numberText};
})();
