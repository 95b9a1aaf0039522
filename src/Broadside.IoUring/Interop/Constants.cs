namespace Broadside.IoUring.Interop;

/// <summary>Operations (<c>enum io_uring_op</c>), those in use.</summary>
internal enum Opcode : byte
{
    Poll = 6,
    SendMessage = 9,
    ReceiveMessage = 10,
    Accept = 13,
    Cancel = 14,
    Connect = 16,
    Close = 19,
    Read = 22,
    Send = 26,
    Receive = 27,
    Shutdown = 34,
    MessageRing = 40,
    Socket = 45,
    Command = 46,
    SendZeroCopy = 47,
    InstallFile = 54,
}

/// <summary>Flags of any operation (<c>IOSQE_*</c>).</summary>
[Flags]
internal enum EntryFlags : byte
{
    None = 0,
    FixedFile = 1 << 0,

    /// <summary>The next entry starts when this one has succeeded.</summary>
    Link = 1 << 2,

    /// <summary>The next entry starts when this one has ended.</summary>
    HardLink = 1 << 3,
    SelectBuffer = 1 << 5,

    /// <summary>No completion unless it fails.</summary>
    SkipSuccess = 1 << 6,
}

/// <summary>How a ring is set up (<c>IORING_SETUP_*</c>).</summary>
[Flags]
internal enum SetupFlags : uint
{
    None = 0,
    CompletionSize = 1 << 3,
    Clamp = 1 << 4,
    SubmitAll = 1 << 7,
    TaskRunFlag = 1 << 9,
    SingleIssuer = 1 << 12,
    DeferTaskRun = 1 << 13,
    NoSubmissionArray = 1 << 16,
}

/// <summary>Flags of <c>io_uring_enter</c> (<c>IORING_ENTER_*</c>).</summary>
[Flags]
internal enum EnterFlags : uint
{
    None = 0,
    GetEvents = 1 << 0,
    ExtendedArgument = 1 << 3,
    RegisteredRing = 1 << 4,
}

/// <summary>What the kernel says in the submission ring (<c>IORING_SQ_*</c>).</summary>
[Flags]
internal enum SubmissionRingFlags : uint
{
    None = 0,
    CompletionOverflow = 1 << 1,
    TaskRun = 1 << 2,
}

/// <summary>Flags of a completion (<c>IORING_CQE_F_*</c>).</summary>
[Flags]
internal enum CompletionFlags : uint
{
    None = 0,
    Buffer = 1 << 0,
    More = 1 << 1,
    SocketNonEmpty = 1 << 2,
    Notification = 1 << 3,
    BufferMore = 1 << 4,
}

/// <summary>Modifiers of sends and receives (<c>IORING_RECVSEND_*</c> and kin).</summary>
[Flags]
internal enum TransferFlags : ushort
{
    None = 0,
    PollFirst = 1 << 0,
    ReceiveMultishot = 1 << 1,
    FixedBuffer = 1 << 2,
    ReportUsage = 1 << 3,
}

/// <summary>Modifiers of accepts (<c>IORING_ACCEPT_*</c>).</summary>
[Flags]
internal enum AcceptFlags : ushort
{
    None = 0,
    Multishot = 1 << 0,
}

/// <summary>Operations of <c>io_uring_register</c> (<c>IORING_REGISTER_*</c>), those in use.</summary>
internal enum RegisterOperation : uint
{
    UnregisterFiles = 3,
    Probe = 8,
    Files2 = 13,
    Buffers2 = 15,
    BuffersUpdate = 16,
    WorkQueueMaximumWorkers = 19,
    RingFiles = 20,
    UnregisterRingFiles = 21,
    BufferRing = 22,
    UnregisterBufferRing = 23,
    SynchronousCancel = 24,
}

/// <summary>Commands on sockets (<c>SOCKET_URING_OP_*</c>).</summary>
internal static class SocketCommand
{
    public const uint GetOption = 2;
    public const uint SetOption = 3;
}

/// <summary>Message flags of the socket calls (<c>MSG_*</c>).</summary>
internal static class MessageFlags
{
    public const uint Truncate = 0x20;
    public const uint DontWait = 0x40;
    public const uint More = 0x8000;
    public const uint WaitAll = 0x100;
    public const uint NoSignal = 0x4000;
}

/// <summary>Events of poll(2).</summary>
internal static class PollEvents
{
    /// <summary>POLLIN.</summary>
    public const uint Readable = 0x1;

    /// <summary>POLLOUT.</summary>
    public const uint Writable = 0x4;

    /// <summary>POLLRDHUP.</summary>
    public const uint PeerClosed = 0x2000;

    /// <summary>POLLERR and POLLHUP: the connection is over, in both directions.</summary>
    public const uint Failed = 0x18;
}

/// <summary>Socket option levels and names of Linux.</summary>
internal static class SocketOption
{
    public const int LevelSocket = 1;
    public const int LevelTcp = 6;
    public const int LevelIpv6 = 41;
    public const int ReuseAddress = 2;
    public const int SendBuffer = 7;
    public const int ReceiveBuffer = 8;
    public const int Linger = 13;
    public const int ReusePort = 15;
    public const int PeerName = 28;
    public const int AttachReusePortFilter = 51;
    public const int TcpNoDelay = 1;
    public const int TcpDeferAccept = 9;
    public const int TcpNotSentLowat = 25;
    public const int Ipv6Only = 26;
}
