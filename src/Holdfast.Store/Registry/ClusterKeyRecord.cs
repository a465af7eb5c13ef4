using System.Collections.Immutable;

namespace Holdfast.Store.Registry;

/// <summary>Something that one node alone can open.</summary>
/// <param name="From">The public key of this one message, SubjectPublicKeyInfo.</param>
public sealed record SealedEnvelope(byte[] From, byte[] Nonce, byte[] CipherText, byte[] Tag);

/// <summary>The cluster key since it was last rotated, for each node that shall have it: key <c>settings/cluster-key</c>. Absent until the first rotation.</summary>
/// <param name="Number">Grows with each rotation; the key that the cluster was made with is number 0.</param>
/// <param name="KeyHash">SHA-256 of the key, so that a node can tell whether the one it has is the present one.</param>
/// <param name="Envelopes">The key, sealed to each node by name.</param>
public sealed record ClusterKeyRecord(int Number, byte[] KeyHash, ImmutableSortedDictionary<string, SealedEnvelope> Envelopes);
