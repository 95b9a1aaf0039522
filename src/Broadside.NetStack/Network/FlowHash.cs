namespace Broadside.NetStack.Network;

/// <summary>Keyed hashes of flows.</summary>
internal static class FlowHash
{
    /// <summary>For tables.</summary>
    public static ulong Fast(this KeyedHash hash, in Flow flow)
    {
        Span<ulong> words = stackalloc ulong[Flow.MaximumWords];
        return hash.Fast(words[..flow.Pack(words)]);
    }

    /// <summary>For secrets of a flow; <paramref name="purpose"/> tells those with the same key apart.</summary>
    public static ulong Secure(this KeyedHash hash, in Flow flow, ulong purpose)
    {
        Span<ulong> words = stackalloc ulong[Flow.MaximumWords + 1];
        var count = flow.Pack(words);
        words[count] = purpose;
        return hash.Secure(words[..(count + 1)]);
    }
}
