namespace Broadside.NetStack.Network;

/// <summary>
/// The identifications of fragments, by the algorithm of RFC 7739 section 5.3: counters, each shared by some paths, and to each path an
/// offset of its own by a secret hash. A path's are unique for as long as they can be (RFC 6864 section 4.3), what one path shows tells
/// nothing of another's, and no path need be remembered for it.
/// </summary>
internal sealed class FragmentIdentifications
{
    private const int Counters = 2048;

    private readonly uint[] _counters = new uint[Counters];

    /// <summary>The next one of a path, by the path's hash.</summary>
    public uint Next(ulong hash) => (uint)(hash >> 32) + _counters[hash % Counters]++;
}
