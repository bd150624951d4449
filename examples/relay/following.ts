// What the button shows at once; Relay takes it back by itself when the mutation fails.
import type { FollowButtonMutation } from './__generated__/FollowButtonMutation.graphql';

export const following = (creator: { id: string; followerCount: number }): FollowButtonMutation['rawResponse'] => ({
  creatorFollow: {
    creator: { id: creator.id, followerCount: creator.followerCount + 1, viewerIsFollowing: true },
    userErrors: [],
  },
});
