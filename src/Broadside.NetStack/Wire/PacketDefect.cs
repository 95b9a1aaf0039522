namespace Broadside.NetStack.Wire;

/// <summary>Why a packet was refused. The values are small and dense, so that they can index counters.</summary>
internal enum PacketDefect : byte
{
    /// <summary>It was not refused.</summary>
    None,

    /// <summary>It ends before its headers do, or before a length it states.</summary>
    Truncated,

    /// <summary>The version field is another protocol's.</summary>
    WrongVersion,

    /// <summary>The header's length is less than the least or more than the packet's.</summary>
    BadHeaderLength,

    /// <summary>A length field contradicts the header.</summary>
    BadLength,

    /// <summary>The checksum does not match.</summary>
    BadChecksum,

    /// <summary>The source is an address nobody may send from.</summary>
    BadSourceAddress,

    /// <summary>The destination or target is an address nobody may send to.</summary>
    BadDestinationAddress,

    /// <summary>A port is zero.</summary>
    BadPort,

    /// <summary>A format, type or operation this stack does not speak.</summary>
    Unsupported,

    /// <summary>A fragment reaches beyond the largest packet, is empty or has no whole number of eight-byte units.</summary>
    BadFragment,

    /// <summary>It asks to be sent on by a source route.</summary>
    SourceRouted,

    /// <summary>An option's length is impossible.</summary>
    BadOption,

    /// <summary>An unknown option or header says that a packet with it must be discarded.</summary>
    UnrecognizedOption,

    /// <summary>It has more extension headers or options than are walked.</summary>
    TooManyHeaders,

    /// <summary>A first fragment without all headers (RFC 7112).</summary>
    IncompleteHeaderChain,

    /// <summary>A neighbor discovery message that crossed a router, or with an impossible field (RFC 4861 sections 6.1 and 7.1).</summary>
    BadNeighborDiscovery,
}

/// <summary>What would be refused is not emitted either.</summary>
internal static class PacketDefectGuard
{
    /// <summary>Throws if a header about to be emitted has a defect: that is its maker's error.</summary>
    public static void ThrowIfDefective(this PacketDefect defect)
    {
        if (defect != PacketDefect.None)
        {
            throw new InvalidOperationException($"A header that would be refused is not emitted: {defect}.");
        }
    }
}
