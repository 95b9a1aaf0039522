using Broadside.Conformance.Engine;

namespace Broadside.Conformance.Backends;

public sealed class NetStackRoutedOrder : OrderConformance<NetStackRoutedFixture>;

public sealed class NetStackRoutedUnsend : UnsendConformance<NetStackRoutedFixture>;

public sealed class NetStackRoutedMembership : MembershipConformance<NetStackRoutedFixture>;

public sealed class NetStackRoutedWake : WakeConformance<NetStackRoutedFixture>;

public sealed class NetStackRoutedBounded : BoundedConformance<NetStackRoutedFixture>;

public sealed class NetStackRoutedFraming : FramingConformance<NetStackRoutedFixture>;

public sealed class NetStackRoutedReading : ReadingConformance<NetStackRoutedFixture>;

public sealed class NetStackRoutedClosing : ClosingConformance<NetStackRoutedFixture>;

public sealed class NetStackRoutedRunning : RunningConformance<NetStackRoutedFixture>;

public sealed class NetStackRoutedLatest : LatestConformance<NetStackRoutedFixture>;

public sealed class NetStackRoutedMetrics : MetricsConformance<NetStackRoutedFixture>;
