using System.Security.Cryptography;
using Holdfast.Cluster;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Membership;

/// <summary>
/// Who may join with a token. It is used up by the commit that writes the node's record, so the record tells how far a join has
/// come: a node that broke off may ask again with the same key, until it is evicted; nobody else ever may.
/// </summary>
internal static class TokenUse
{
    /// <summary>The token's record once this node has used it; the same record when it asks again.</summary>
    /// <param name="token">What the store has of it; null when it has nothing.</param>
    /// <param name="publicKey">The key of the certificate request, which its signature proved to be the asking machine's.</param>
    /// <param name="known">The record of the node's name; null when there is none.</param>
    /// <exception cref="HoldfastException">Codes <c>token.unknown</c>, <c>token.used</c>, <c>token.expired</c>, <c>node.exists</c>.</exception>
    public static TokenRecord By(NodeName node, TokenRecord? token, byte[] secret, byte[] publicKey, NodeRecord? known, DateTimeOffset now)
    {
        if (token is null || !CryptographicOperations.FixedTimeEquals(SHA256.HashData(secret), token.SecretHash))
            throw new HoldfastException(ErrorKind.Forbidden, "token.unknown", "This cluster did not make this join token.", "Make a new one with 'holdfast cluster token'.");
        var key = SHA256.HashData(publicKey);
        if (token.UsedBy is { } user)
        {
            if (user == node.Value && token.UsedByKey.AsSpan().SequenceEqual(key) && known is { Intent: not NodeIntent.Evicted }) return token;
            throw new HoldfastException(ErrorKind.Forbidden, "token.used", $"This join token was already used, by {user}.", "Make a new one for each node with 'holdfast cluster token'.");
        }

        if (token.Expires <= now)
            throw new HoldfastException(ErrorKind.Forbidden, "token.expired", $"This join token expired at {token.Expires:u}.", "Make a new one with 'holdfast cluster token'.");
        if (known is { Intent: not NodeIntent.Evicted })
            throw new HoldfastException(ErrorKind.Conflict, "node.exists", $"There is already a node {node} in this cluster, at {known.Address}.", $"Choose another name with --node, or evict the old one first: holdfast node evict {node}");
        return token with { UsedBy = node.Value, UsedByKey = key };
    }
}
