namespace Broadside.NetStack.Wire;

/// <summary>The Timestamps option (RFC 7323 section 3.2): TSval and TSecr.</summary>
internal readonly record struct TcpTimestamps(uint Value, uint EchoReply);
