using Broadside.Conformance.Engine;

namespace Broadside.Conformance.Backends;

public sealed class NetStackSharedMemoryOrder : OrderConformance<NetStackSharedMemoryFixture>;

public sealed class NetStackSharedMemoryUnsend : UnsendConformance<NetStackSharedMemoryFixture>;

public sealed class NetStackSharedMemoryMembership : MembershipConformance<NetStackSharedMemoryFixture>;

public sealed class NetStackSharedMemoryWake : WakeConformance<NetStackSharedMemoryFixture>;

public sealed class NetStackSharedMemoryBounded : BoundedConformance<NetStackSharedMemoryFixture>;

public sealed class NetStackSharedMemoryFraming : FramingConformance<NetStackSharedMemoryFixture>;

public sealed class NetStackSharedMemoryReading : ReadingConformance<NetStackSharedMemoryFixture>;

public sealed class NetStackSharedMemoryClosing : ClosingConformance<NetStackSharedMemoryFixture>;

public sealed class NetStackSharedMemoryLatest : LatestConformance<NetStackSharedMemoryFixture>;

public sealed class NetStackSharedMemoryMetrics : MetricsConformance<NetStackSharedMemoryFixture>;
