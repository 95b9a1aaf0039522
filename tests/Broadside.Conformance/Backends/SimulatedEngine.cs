using Broadside.Conformance.Engine;

namespace Broadside.Conformance.Backends;

public sealed class SimulatedOrder : OrderConformance<SimulatedFixture>;

public sealed class SimulatedUnsend : UnsendConformance<SimulatedFixture>;

public sealed class SimulatedMembership : MembershipConformance<SimulatedFixture>;

public sealed class SimulatedWake : WakeConformance<SimulatedFixture>;

public sealed class SimulatedZeroCopyOrder : OrderConformance<SimulatedZeroCopyFixture>;

public sealed class SimulatedZeroCopyUnsend : UnsendConformance<SimulatedZeroCopyFixture>;

public sealed class SimulatedZeroCopyMembership : MembershipConformance<SimulatedZeroCopyFixture>;

public sealed class SimulatedZeroCopyWake : WakeConformance<SimulatedZeroCopyFixture>;
