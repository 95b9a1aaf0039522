namespace Broadside.IoUring;

/// <summary>What an operation is for: tells a target's completions apart.</summary>
internal enum OperationKind : byte
{
    /// <summary>Nobody waits for it: a cancellation, a close, an option. Only failures are even reported.</summary>
    Ignored,

    /// <summary>The read of the channel's event counter.</summary>
    Wake,

    /// <summary>A message from another ring.</summary>
    Message,

    /// <summary>A message to another ring, of which only the failure is reported.</summary>
    MessageSent,
    Accept,
    Receive,
    Watch,
    Send,

    /// <summary>A wait for room to send.</summary>
    Writable,
    Shutdown,
    Socket,
    Option,
    Connect,
    PeerName,
    InstallFile,

    /// <summary>A cancellation that failed, reported to the target of what was to be cancelled.</summary>
    Cancel,
}
