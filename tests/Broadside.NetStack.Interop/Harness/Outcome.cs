namespace Broadside.NetStack.Interop.Harness;

/// <summary>What one end of a connection got, and how it ended for it.</summary>
internal sealed record Outcome(long Length, string Hash, CloseReason Reason = CloseReason.Closed, bool PeerClosed = true);
