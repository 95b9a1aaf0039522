using Broadside.Conformance.Engine;
using Broadside.Conformance.Suites;

namespace Broadside.Conformance.Backends;

public sealed class IoUringFileStream : StreamConformance<IoUringFileFixture>;

public sealed class IoUringFileReceive : ReceiveConformance<IoUringFileFixture>;

public sealed class IoUringFileClose : CloseConformance<IoUringFileFixture>;

public sealed class IoUringFileConnect : ConnectConformance<IoUringFileFixture>;

public sealed class IoUringFileFault : FaultConformance<IoUringFileFixture>;

public sealed class IoUringFileChannelBehaviour : ChannelConformance<IoUringFileFixture>;

public sealed class IoUringFileAllocation : AllocationConformance<IoUringFileFixture>;

public sealed class IoUringFileOrder : OrderConformance<IoUringFileFixture>;

public sealed class IoUringFileUnsend : UnsendConformance<IoUringFileFixture>;

public sealed class IoUringFileWake : WakeConformance<IoUringFileFixture>;

public sealed class IoUringFileBounded : BoundedConformance<IoUringFileFixture>;

public sealed class IoUringFileReading : ReadingConformance<IoUringFileFixture>;

public sealed class IoUringFileClosing : ClosingConformance<IoUringFileFixture>;

public sealed class IoUringFileEngineAllocation : EngineAllocationConformance<IoUringFileFixture>;
