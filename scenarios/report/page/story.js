// An agent's story, page by page, as elements. The data is documented in scenarios/report/page.h ("agents"); every text of it may be
// hostile and becomes a text node.
'use strict';

/** `data`: of the list, `items` and `told`: of stories. */
const storyParts = (() => {
  const {make} = throngPage;
  const line = (name, ...content) => make('p', {class: 'line'}, make('span', {}, name), ' ', ...content);
  const number = (value) => value.toFixed(2);
  // A language model says whole numbers and whether it felt positive, the statistical mind computes.
  const ofTen = (satisfaction, byModel) => (byModel ? `${Math.round(1 + 9 * satisfaction)} of 10` : number(satisfaction));

  // --- A page ---

  function actionText(data, action, value) {
    if (action.form === 'flag') return value ? 'yes' : '';
    if (action.form === 'feeling') return data.feelings[value];
    return value ? String(value) : '';
  }

  function pageTable(data, items, page) {
    const beside = new Map(page.beside || []);
    const actions = data.actions.map((action, n) => ({...action, value: (shown) => shown[2 + n] || 0}))
      .filter((action) => !action.optional || page.shown.some((shown) => action.value(shown)));
    const columns = [
      ['', (_, n) => String(n + 1)],
      [data.item, ([item]) => items[item][0]],
      ['genres', ([item]) => items[item][1]],
      [data.ratings_are || 'others say', ([item]) => (items[item][2] === null ? '' : number(items[item][2]))],
      ['aligned', ([, aligned]) => (aligned ? 'yes' : '')],
      ...actions.map((action) => [action.done, (shown) => actionText(data, action, action.value(shown))]),
      beside.size && ['beside it', (_, n) => (beside.has(n + 1) ? beside.get(n + 1) || 'placed as an advert' : '')],
    ].filter(Boolean);
    return make('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Page'}, make('table', {},
      make('thead', {}, make('tr', {}, columns.map(([name]) => make('th', {scope: 'col'}, name)))),
      make('tbody', {}, page.shown.map((shown, n) => make('tr', {class: shown[2] ? 'viewed' : null},
        columns.map(([, text]) => make('td', {}, text(shown, n))))))));
  }

  function choice(page, isLast) {
    if (page.exits) return 'leaves';
    if (isLast) return `would ${page.search ? `search for ${page.search}` : 'go on'}, but there is no further page`;
    return page.search ? `searches for ${page.search}` : 'goes on';
  }

  function aboutPage(page, before) {
    const parts = [page.at];
    if (page.results_of) parts.push(`results of the search for ${page.results_of}`);
    else if (before && before.search) parts.push(`the ranking again: the search for ${before.search} found nothing`);
    if (page.order) parts.push(`told in the order ${page.order.join(', ')}`);
    return parts.join(' · ');
  }

  /** What the agent said; `title` of the item at a position. */
  const quotes = (said, title) => (said || []).map(([position, about, text]) =>
    line(position ? `${about} of ${position}, ${title(position)}` : about, make('q', {}, text)));
  const unusable = (replies) => (replies || []).map(([step, problem, reply]) => make('details', {},
    make('summary', {}, `A reply that could not be used (${step}): ${problem}`), make('pre', {tabindex: 0}, reply)));

  function feelings(page, byModel) {
    const all = [];
    if ('satisfaction' in page) all.push(`satisfaction ${ofTen(page.satisfaction, byModel)} with this page`);
    if ('so_far' in page) {
      all.push(byModel ? `felt ${page.so_far > 0.5 ? 'positive' : 'negative'} about it all`
        : `satisfaction ${number(page.so_far)} so far`);
    }
    return all.join(', ');
  }

  function fatigueText(page, byModel) {
    if (!('fatigue' in page)) return '';
    return byModel ? ` (fatigue ${Math.round(10 * page.fatigue)} of 10)` : ` (fatigue ${number(page.fatigue)})`;
  }

  function pageParts(data, items, byModel, page, n, pages) {
    const felt = feelings(page, byModel);
    const said = page.said || [];
    const title = (position) => (page.shown[position - 1] ? items[page.shown[position - 1][0]][0] : '');
    return [
      make('h5', {}, `Page ${n + 1} `, make('small', {}, aboutPage(page, pages[n - 1]))),
      pageTable(data, items, page),
      quotes(said.filter(([position]) => position > 0), title),
      page.degraded ? line('degraded', 'what it made of this page could not be made out') : null,
      felt ? line('remembers', felt) : null,
      'reflection' in page ? line('reflects', `satisfaction ${ofTen(page.reflection, byModel)} with all it remembers`) : null,
      page.degraded ? null : line('decides', choice(page, n === pages.length - 1) + fatigueText(page, byModel)),
      quotes(said.filter(([position]) => position === 0)), unusable(page.unusable),
    ];
  }

  // --- A session ---

  function interviewParts(session) {
    const score = session.score !== undefined ? `${session.score} of 10`
      : session.abandoned ? 'none: abandoned after two degraded pages in a row' : 'none: what it said could not be made out';
    return [
      make('h5', {}, 'Interview'), line('score', score), quotes(session.said),
      (session.answers || []).map((answer) => line('answers', answer)), unusable(session.unusable),
    ];
  }

  const sessionParts = (data, items, byModel, session) => [
    make('h4', {}, `Session ${session.round} `, make('small', {}, `${session.began} to ${session.ended}`)),
    session.pages.map((page, n, pages) => pageParts(data, items, byModel, page, n, pages)), interviewParts(session),
  ];

  return (data, items, told) => [
    told.own_taste ? make('p', {class: 'text'}, 'A copy of the user, with a taste that was moved.') : null,
    told.persona ? make('blockquote', {}, told.persona) : null,
    told.sessions.length ? told.sessions.map((session) => sessionParts(data, items, 'by_model' in told, session))
      : make('p', {class: 'text'}, 'It has not come yet.'),
  ];
})();
