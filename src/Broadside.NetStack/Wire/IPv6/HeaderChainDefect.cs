namespace Broadside.NetStack.Wire;

/// <summary>Why a chain of extension headers was refused.</summary>
/// <param name="Reason">The reason, for counters.</param>
/// <param name="Answer">What to tell the sender; null for nothing.</param>
/// <param name="Pointer">Where in the packet the answer points.</param>
internal readonly record struct HeaderChainDefect(PacketDefect Reason, ParameterProblemCode? Answer = null, int Pointer = 0)
{
    public static implicit operator HeaderChainDefect(PacketDefect reason) => new(reason);
}

/// <summary>The codes of an ICMPv6 Parameter Problem message (RFC 4443 section 3.4, RFC 7112 section 5).</summary>
internal enum ParameterProblemCode : byte
{
    ErroneousHeaderField = 0,
    UnrecognizedNextHeader = 1,
    UnrecognizedOption = 2,
    IncompleteHeaderChain = 3,
}
