using Broadside.Conformance.Suites;

namespace Broadside.Conformance.Backends;

public sealed class SocketsStream : StreamConformance<SocketsFixture>;

public sealed class SocketsReceive : ReceiveConformance<SocketsFixture>;

public sealed class SocketsClose : CloseConformance<SocketsFixture>;

public sealed class SocketsConnect : ConnectConformance<SocketsFixture>;

public sealed class SocketsFault : FaultConformance<SocketsFixture>;

public sealed class SocketsChannelBehaviour : ChannelConformance<SocketsFixture>;

public sealed class SocketsDatagram : DatagramConformance<SocketsFixture>;

public sealed class SocketsAllocation : AllocationConformance<SocketsFixture>;

/// <summary>The framework's objects and one small one of ours.</summary>
public sealed class SocketsMemory() : MemoryConformance<SocketsFixture>(500, 1090);
