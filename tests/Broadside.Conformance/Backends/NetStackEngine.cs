using Broadside.Conformance.Engine;

namespace Broadside.Conformance.Backends;

public sealed class NetStackOrder : OrderConformance<NetStackFixture>;

public sealed class NetStackUnsend : UnsendConformance<NetStackFixture>;

public sealed class NetStackMembership : MembershipConformance<NetStackFixture>;

public sealed class NetStackWake : WakeConformance<NetStackFixture>;

public sealed class NetStackBounded : BoundedConformance<NetStackFixture>;

public sealed class NetStackFraming : FramingConformance<NetStackFixture>;

public sealed class NetStackReading : ReadingConformance<NetStackFixture>;

public sealed class NetStackClosing : ClosingConformance<NetStackFixture>;

public sealed class NetStackRunning : RunningConformance<NetStackFixture>;

public sealed class NetStackEngineAllocation : EngineAllocationConformance<NetStackFixture>;

public sealed class NetStackLatest : LatestConformance<NetStackFixture>;

public sealed class NetStackMetrics : MetricsConformance<NetStackFixture>;

public sealed class NetStackLatencyOrder : OrderConformance<NetStackLatencyFixture>;

public sealed class NetStackLatencyUnsend : UnsendConformance<NetStackLatencyFixture>;

public sealed class NetStackLatencyMembership : MembershipConformance<NetStackLatencyFixture>;

public sealed class NetStackLatencyWake : WakeConformance<NetStackLatencyFixture>;

public sealed class NetStackLatencyBounded : BoundedConformance<NetStackLatencyFixture>;

public sealed class NetStackLatencyFraming : FramingConformance<NetStackLatencyFixture>;

public sealed class NetStackLatencyReading : ReadingConformance<NetStackLatencyFixture>;

public sealed class NetStackLatencyClosing : ClosingConformance<NetStackLatencyFixture>;

public sealed class NetStackLatencyRunning : RunningConformance<NetStackLatencyFixture>;

public sealed class NetStackLatencyEngineAllocation : EngineAllocationConformance<NetStackLatencyFixture>;

public sealed class NetStackLatencyLatest : LatestConformance<NetStackLatencyFixture>;

public sealed class NetStackLatencyMetrics : MetricsConformance<NetStackLatencyFixture>;
