// Relay's own store before the server, with what relay-compiler wrote for examples/relay/.
import { createRequire } from 'node:module';
import { same } from '../browser/people.mjs';
import { within } from './documents.mjs';

/** Relay's own store: a page, the next one merged into the same list, and a mutation shown before it is answered. */
export async function relays(person) {
  const load = createRequire(new URL('generated/relay/js/x.js', import.meta.url));
  const { Environment, Network, RecordSource, Store, ...relay } = load('relay-runtime');
  const artifact = (name) => load(`./__generated__/${name}.graphql.js`).default;
  const network = Network.create(async ({ text }, variables) => ({ data: await person.sees(text, variables) }));
  const environment = new Environment({ network, store: new Store(new RecordSource()) });
  const first = artifact('CourseListQuery');
  const variables = { handle: 'mira', count: 2 };
  const { creator } = await within('the page', relay.fetchQuery(environment, first, variables).toPromise());
  const operation = relay.createOperationDescriptor(relay.getRequest(first), variables);
  environment.retain(operation);
  const list = () => {
    const page = environment.lookup(operation.fragment).data.creator;
    const selector = relay.getSingularSelector(artifact('CourseList_creator'), page);
    return environment.lookup(selector).data.courses;
  };
  const before = list();
  same('the first page', [before.edges.length, before.pageInfo.hasNextPage], [2, true]);
  const next = { id: creator.id, count: 2, cursor: before.pageInfo.endCursor };
  await within('the next page', relay.fetchQuery(environment, artifact('CourseListPaginationQuery'), next).toPromise());
  same('both pages in one list', new Set(list().edges.map(({ node }) => node.id)).size, 3);
  const response = await within('the mutation', new Promise((resolve, reject) => {
    relay.commitMutation(environment, {
      mutation: artifact('FollowButtonMutation'), variables: { creatorId: creator.id },
      optimisticResponse: load('./following.js').following({ id: creator.id, followerCount: 1 }),
      onCompleted: resolve, onError: reject,
    });
  }));
  same('what was refused', response.creatorFollow.userErrors, []);
  same('the record', environment.getStore().getSource().get(creator.id).viewerIsFollowing, true);
}
