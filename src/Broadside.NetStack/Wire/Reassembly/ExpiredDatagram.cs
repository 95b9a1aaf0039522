namespace Broadside.NetStack.Wire;

/// <summary>A datagram that was not whole in time.</summary>
internal readonly ref struct ExpiredDatagram
{
    public required FragmentKey Key { get; init; }

    /// <summary>
    /// The first fragment, for the Time Exceeded message that its sender is owed; empty if it never came, or if the datagram was given
    /// up for another reason: then none is sent (RFC 792, RFC 8200 section 4.5). Valid until the reassembler is next called.
    /// </summary>
    public required ReadOnlySpan<byte> FirstFragment { get; init; }
}
