namespace Broadside.NetStack.Network;

internal enum TransmitResult : byte
{
    /// <summary>The device has it, or it waits for its neighbor's address.</summary>
    Sent,

    /// <summary>The device has no room now: to be tried again.</summary>
    NoRoom,

    /// <summary>It was dropped: longer than the path carries, the link is down, or nobody answers for the neighbor's address.</summary>
    Dropped,
}
