using Broadside.Conformance.Engine;

namespace Broadside.Conformance.Backends;

public sealed class IoUringOrder : OrderConformance<IoUringFixture>;

public sealed class IoUringUnsend : UnsendConformance<IoUringFixture>;

public sealed class IoUringMembership : MembershipConformance<IoUringFixture>;

public sealed class IoUringWake : WakeConformance<IoUringFixture>;

public sealed class IoUringBounded : BoundedConformance<IoUringFixture>;

public sealed class IoUringFraming : FramingConformance<IoUringFixture>;

public sealed class IoUringReading : ReadingConformance<IoUringFixture>;

public sealed class IoUringClosing : ClosingConformance<IoUringFixture>;

public sealed class IoUringRunning : RunningConformance<IoUringFixture>;

public sealed class IoUringEngineAllocation : EngineAllocationConformance<IoUringFixture>;

public sealed class IoUringLatest : LatestConformance<IoUringFixture>;

public sealed class IoUringMetrics : MetricsConformance<IoUringFixture>;
