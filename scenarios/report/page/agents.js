// The list of a run's agents and the story of the one that the address names, such as #agent-12. The data is documented in
// scenarios/report/page.h ("agents"); every text of it may be hostile and becomes a text node.
'use strict';
(() => {
  const list = document.getElementById('agent-list');
  if (!list) return;
  const {make} = throngPage;
  const data = JSON.parse(document.getElementById('agent-data').textContent);
  const rowsOnPage = 20;

  // --- Rows ---

  const keys = ['agent', 'user', 'traits', 'genres', 'mind', 'sessions', 'shown', 'viewed', 'liked', 'pages', 'abandoned', 'score'];
  const agents = data.rows.map((row, place) => {
    const agent = Object.fromEntries(keys.map((key, n) => [key, row[n]]));
    agent.place = place;
    agent.words = agent.traits.map((group, n) => data.traits[n].words[group - 1]);
    agent.genres = agent.genres.map((genre) => data.genres[genre]).join(', ');
    agent.mind = data.minds[agent.mind];
    agent.text = [agent.user, ...agent.words, agent.genres, agent.mind].join('\n').toLowerCase();
    return agent;
  });

  const trait = (n) => ({title: data.traits[n].name, value: (a) => a.traits[n], text: (a) => a.words[n]});
  const columns = [
    {title: 'agent', value: (a) => a.agent, isNumber: true},
    {title: 'user', value: (a) => a.user},
    trait(0), trait(1), trait(2),
    {title: 'favourite genres', value: (a) => a.genres},
    data.minds.length > 1 && {title: 'mind', value: (a) => a.mind},
    agents.some((a) => a.sessions > 1) && {title: 'sessions', value: (a) => a.sessions, isNumber: true},
    {title: 'shown', value: (a) => a.shown, isNumber: true},
    {title: 'viewed', value: (a) => a.viewed, isNumber: true},
    {title: 'liked', value: (a) => a.liked, isNumber: true},
    {title: 'left after page', value: (a) => (a.sessions ? a.pages : null), isNumber: true},
    {title: 'score', value: (a) => a.score, isNumber: true},
    agents.some((a) => a.abandoned) && {title: 'abandoned', value: (a) => a.abandoned, text: (a) => (a.abandoned ? 'yes' : '')},
  ].filter(Boolean);
  const textOf = (column, agent) => {
    const text = (column.text || column.value)(agent);
    return text === null ? '' : String(text);
  };

  // --- What is looked for ---

  const wanted = {words: [], traits: ['', '', ''], page: '', least: '', most: ''};
  const order = {column: columns[0], isDown: false};
  let found = agents;
  let first = 0;  // of those found, on the page

  /** A word of digits is an agent's number or a user's whole id; any other stands somewhere in the row. */
  const fits = (agent, word) =>
    (/^\d+$/.test(word) ? agent.agent === Number(word) || agent.user === word : agent.text.includes(word));

  function isWanted(agent) {
    return wanted.words.every((word) => fits(agent, word)) &&
      wanted.traits.every((group, n) => group === '' || agent.traits[n] === Number(group)) &&
      (wanted.page === '' || (agent.sessions > 0 && agent.pages === Number(wanted.page))) &&
      (wanted.least === '' || (agent.score !== null && agent.score >= Number(wanted.least))) &&
      (wanted.most === '' || (agent.score !== null && agent.score <= Number(wanted.most)));
  }

  const collator = new Intl.Collator('en', {numeric: true});

  /** What has no value comes last, in both directions; ties by number. */
  function compare(a, b) {
    const [x, y] = [a, b].map(order.column.value);
    if (x === y) return a.agent - b.agent;
    if (x === null || y === null) return x === null ? 1 : -1;
    const sign = order.isDown ? -1 : 1;
    return sign * (typeof x === 'number' ? x - y : collator.compare(x, y)) || a.agent - b.agent;
  }

  function look() {
    found = agents.filter(isWanted).sort(compare);
    first = 0;
    show();
  }

  // --- The list ---

  const option = (value, text) => make('option', {value}, text);
  function select(label, values, onchange) {
    const box = make('select', {onchange: () => { onchange(box.value); look(); }},
      option('', 'any'), values.map(([value, text]) => option(value, text)));
    return make('label', {}, label, box);
  }
  function score(label, key) {
    const box = make('input', {type: 'number', min: 1, max: 10, oninput: () => { wanted[key] = box.value; look(); }});
    return make('label', {}, label, box);
  }

  const search = make('input', {
    type: 'search', autocomplete: 'off', spellcheck: 'false',
    oninput: () => { wanted.words = search.value.toLowerCase().split(/\s+/).filter(Boolean); look(); },
  });
  const lastPages = [...new Set(agents.filter((a) => a.sessions).map((a) => a.pages))].sort((a, b) => a - b);
  const filters = {class: 'controls', role: 'search', 'aria-label': 'Agents', onsubmit: (event) => event.preventDefault()};
  const controls = make('form', filters,
    make('label', {class: 'wide'}, 'Search: number, user, trait, genre', search),
    data.traits.map(({name, words}, n) =>
      select(name, words.map((word, group) => [group + 1, word]), (value) => { wanted.traits[n] = value; })),
    select('left after page', lastPages.map((page) => [page, String(page)]), (value) => { wanted.page = value; }),
    score('score from', 'least'), score('score to', 'most'));

  const count = make('span', {role: 'status'});
  const move = (text, step) => make('button', {type: 'button', onclick: () => { first += step * rowsOnPage; show(); }}, text);
  const [back, on] = [move('Previous', -1), move('Next', 1)];
  const csv = throngDownloads.button('CSV', 'the agents found', () => throngDownloads.saveCsv('agents',
    [columns.map((column) => column.title), ...found.map((agent) => columns.map((column) => textOf(column, agent)))]));

  const heads = columns.map((column) => make('th', {scope: 'col', class: column.isNumber ? 'number' : null},
    make('button', {type: 'button', onclick: () => sortBy(column)}, column.title)));
  const body = make('tbody');
  const story = make('article', {'aria-label': 'Story'});

  function sortBy(column) {
    order.isDown = order.column === column && !order.isDown;
    order.column = column;
    look();
  }

  const linkTo = (agent, text = String(agent)) => make('a', {href: `#agent-${agent}`}, text);

  function show() {
    const last = Math.min(first + rowsOnPage, found.length);
    const amount = (number) => number.toLocaleString('en');
    const of = found.length === agents.length ? '' : ` (of ${amount(agents.length)})`;
    count.textContent = found.length ? `${amount(first + 1)} to ${amount(last)} of ${amount(found.length)}${of}` : `none${of}`;
    back.disabled = first === 0;
    on.disabled = last === found.length;
    heads.forEach((head, n) => {
      if (columns[n] === order.column) head.setAttribute('aria-sort', order.isDown ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    });
    body.replaceChildren(...found.slice(first, last).map((agent) => make('tr', {}, columns.map((column, n) =>
      make('td', {class: column.isNumber ? 'number' : null}, n === 0 ? linkTo(agent.agent) : textOf(column, agent))))));
  }

  list.append(controls,
    make('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Agents'},
      make('table', {}, make('thead', {}, make('tr', {}, heads)), body)),
    make('p', {class: 'pager'}, back, on, count, make('span', {class: 'save'}, csv)),
    story);
  look();

  // --- The story that is open ---

  /** Where the others found are from here. */
  function neighbours(agent) {
    const at = found.indexOf(agent);
    const link = (text, other) => (other ? linkTo(other.agent, `${text}: agent ${other.agent}`) : null);
    return make('p', {class: 'pager'}, make('a', {href: '#agents'}, 'Back to the list'),
      at < 0 ? null : [link('Previous', found[at - 1]), link('Next', found[at + 1])]);
  }

  const command = (agent) => make('pre', {tabindex: 0, 'aria-label': 'Command'}, `${data.command} ${agent}`);

  let stories = null;  // read when the first is opened

  function storyOf(agent) {
    stories = stories || JSON.parse(document.getElementById('story-data').textContent);
    const told = stories.stories[agent.place];
    const facts = [['user', agent.user], ...data.traits.map(({name}, n) => [name, agent.words[n]]),
      ['favourite genres', agent.genres], ['mind', agent.mind]].filter(([, value]) => value);
    return [
      make('dl', {class: 'facts'}, facts.map(([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, value)))),
      told ? storyParts(data, stories.items, told)
        : [make('p', {class: 'text'}, 'Its story is not on this page. This command tells it:'), command(agent.agent)],
      neighbours(agent),
    ];
  }

  function openNamed() {
    const named = /^#agent-(\d+)$/.exec(location.hash);
    story.replaceChildren();
    if (!named) return;
    const agent = agents.find((each) => each.agent === Number(named[1]));
    const head = make('h3', {tabindex: -1}, `Agent ${named[1]}`);
    story.append(make('div', {}, head, agent ? storyOf(agent)
      : [make('p', {class: 'text'}, 'It is not in this list. This command tells its story:'), command(named[1])]));
    head.focus();
  }

  addEventListener('hashchange', openNamed);
  openNamed();
})();
