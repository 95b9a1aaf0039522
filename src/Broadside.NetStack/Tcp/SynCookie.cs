using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp;

/// <summary>What a SYN is answered with where nothing is kept of it.</summary>
/// <param name="SequenceNumber">Our initial sequence number.</param>
/// <param name="Timestamp">The value of our timestamp.</param>
internal readonly record struct SynCookie(SequenceNumber SequenceNumber, uint Timestamp);
