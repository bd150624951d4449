// Starts the explorer on this server's own API. A token goes into the Headers tab, for subscriptions too.
(function () {
  'use strict';
  var root = document.getElementById('explorer');
  var api = new URL(root.dataset.api, location.href);
  var socket = new URL(api);
  socket.protocol = api.protocol === 'https:' ? 'wss:' : 'ws:';
  var fetcher = GraphiQL.createFetcher({ url: api.href, subscriptionUrl: socket.href });
  var firstDocument = [
    '# An explorer of this server\'s GraphQL API. The book icon on the left lists every type and field.',
    '# Put {"Authorization": "Bearer <access token>"} into Headers to ask as yourself.',
    '',
    '{',
    '  __typename',
    '}',
    ''
  ].join('\n');
  ReactDOM.createRoot(root).render(
    React.createElement(GraphiQL, {
      fetcher: fetcher,
      defaultQuery: firstDocument,
      isHeadersEditorEnabled: true,
      shouldPersistHeaders: false
    })
  );
})();
