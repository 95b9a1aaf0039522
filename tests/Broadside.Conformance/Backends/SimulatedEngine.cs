using Broadside.Conformance.Engine;

namespace Broadside.Conformance.Backends;

public sealed class SimulatedOrder : OrderConformance<SimulatedFixture>;

public sealed class SimulatedUnsend : UnsendConformance<SimulatedFixture>;

public sealed class SimulatedMembership : MembershipConformance<SimulatedFixture>;

public sealed class SimulatedWake : WakeConformance<SimulatedFixture>;

public sealed class SimulatedBounded : BoundedConformance<SimulatedFixture>;

public sealed class SimulatedFraming : FramingConformance<SimulatedFixture>;

public sealed class SimulatedReading : ReadingConformance<SimulatedFixture>;

public sealed class SimulatedClosing : ClosingConformance<SimulatedFixture>;

public sealed class SimulatedRunning : RunningConformance<SimulatedFixture>;

public sealed class SimulatedZeroCopyOrder : OrderConformance<SimulatedZeroCopyFixture>;

public sealed class SimulatedZeroCopyUnsend : UnsendConformance<SimulatedZeroCopyFixture>;

public sealed class SimulatedZeroCopyMembership : MembershipConformance<SimulatedZeroCopyFixture>;

public sealed class SimulatedZeroCopyWake : WakeConformance<SimulatedZeroCopyFixture>;

public sealed class SimulatedZeroCopyBounded : BoundedConformance<SimulatedZeroCopyFixture>;

public sealed class SimulatedZeroCopyFraming : FramingConformance<SimulatedZeroCopyFixture>;

public sealed class SimulatedZeroCopyReading : ReadingConformance<SimulatedZeroCopyFixture>;

public sealed class SimulatedZeroCopyClosing : ClosingConformance<SimulatedZeroCopyFixture>;

public sealed class SimulatedZeroCopyRunning : RunningConformance<SimulatedZeroCopyFixture>;

public sealed class SimulatedLatest : LatestConformance<SimulatedFixture>;

public sealed class SimulatedZeroCopyLatest : LatestConformance<SimulatedZeroCopyFixture>;

public sealed class SimulatedMetrics : MetricsConformance<SimulatedFixture>;
