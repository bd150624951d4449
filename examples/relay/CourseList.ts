// A creator's courses, page by page, as a Relay component declares them: `usePaginationFragment(courseListFragment, key)`.
// @connection and @refetchable are Relay's own; they need nothing of the server but the connection and `node(id:)`.
import { graphql } from 'relay-runtime';

export const courseListQuery = graphql`
  query CourseListQuery($handle: String!, $count: Int!) {
    creator(by: { handle: $handle }) {
      id
      displayName
      ...CourseList_creator @arguments(count: $count)
    }
  }
`;

export const courseListFragment = graphql`
  fragment CourseList_creator on Creator
  @refetchable(queryName: "CourseListPaginationQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" }) {
    courses(first: $count, after: $cursor) @connection(key: "CourseList_courses") {
      edges {
        node {
          id
          title
          url
          prices {
            id
            amount {
              formatted
            }
          }
        }
      }
    }
  }
`;
