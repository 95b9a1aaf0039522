using Broadside.Conformance.Suites;

namespace Broadside.Conformance.Backends;

public sealed class IoUringStream : StreamConformance<IoUringFixture>;

public sealed class IoUringReceive : ReceiveConformance<IoUringFixture>;

public sealed class IoUringClose : CloseConformance<IoUringFixture>;

public sealed class IoUringConnect : ConnectConformance<IoUringFixture>;

public sealed class IoUringFault : FaultConformance<IoUringFixture>;

public sealed class IoUringChannelBehaviour : ChannelConformance<IoUringFixture>;

public sealed class IoUringDatagram : DatagramConformance<IoUringFixture>;

public sealed class IoUringAllocation : AllocationConformance<IoUringFixture>;

/// <summary>One small object and its peer's address.</summary>
public sealed class IoUringMemory() : MemoryConformance<IoUringFixture>(150, 512);
