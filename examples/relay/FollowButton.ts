// A button whose answer is shown before the server has given it: `useMutation(followMutation)`.
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

/** What the button shows at once; taken back when the mutation is refused. */
export const following = (creator: { id: string; followerCount: number }) => ({
  creatorFollow: {
    creator: { id: creator.id, followerCount: creator.followerCount + 1, viewerIsFollowing: true },
    userErrors: [],
  },
});
