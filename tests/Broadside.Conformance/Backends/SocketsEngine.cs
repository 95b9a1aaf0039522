using Broadside.Conformance.Engine;

namespace Broadside.Conformance.Backends;

public sealed class SocketsOrder : OrderConformance<SocketsFixture>;

public sealed class SocketsUnsend : UnsendConformance<SocketsFixture>;

public sealed class SocketsMembership : MembershipConformance<SocketsFixture>;

public sealed class SocketsWake : WakeConformance<SocketsFixture>;

public sealed class SocketsBounded : BoundedConformance<SocketsFixture>;

public sealed class SocketsFraming : FramingConformance<SocketsFixture>;

public sealed class SocketsReading : ReadingConformance<SocketsFixture>;

public sealed class SocketsClosing : ClosingConformance<SocketsFixture>;

public sealed class SocketsRunning : RunningConformance<SocketsFixture>;

public sealed class SocketsEngineAllocation : EngineAllocationConformance<SocketsFixture>;

public sealed class SocketsLatest : LatestConformance<SocketsFixture>;

public sealed class SocketsMetrics : MetricsConformance<SocketsFixture>;
