// A button whose answer is shown before the server has given it: `useMutation(followMutation)` with
// `optimisticResponse: following(creator)`.
import { graphql } from 'relay-runtime';

export const followFragment = graphql`
  fragment FollowButton_creator on Creator {
    id
    followerCount
    viewerIsFollowing
  }
`;

export const followMutation = graphql`
  mutation FollowButtonMutation($creatorId: ID!) @raw_response_type {
    creatorFollow(creatorId: $creatorId) {
      creator {
        ...FollowButton_creator
      }
      userErrors {
        code
        path
        message
      }
    }
  }
`;
