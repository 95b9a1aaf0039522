using Broadside.Conformance.Engine;
using Broadside.Conformance.Suites;

namespace Broadside.Conformance.Backends;

public sealed class NetStackSteeredStream : StreamConformance<NetStackSteeredFixture>;

public sealed class NetStackSteeredReceive : ReceiveConformance<NetStackSteeredFixture>;

public sealed class NetStackSteeredClose : CloseConformance<NetStackSteeredFixture>;

public sealed class NetStackSteeredConnect : ConnectConformance<NetStackSteeredFixture>;

public sealed class NetStackSteeredFault : FaultConformance<NetStackSteeredFixture>;

public sealed class NetStackSteeredChannelBehaviour : ChannelConformance<NetStackSteeredFixture>;

public sealed class NetStackSteeredDatagram : DatagramConformance<NetStackSteeredFixture>;

public sealed class NetStackSteeredAllocation : AllocationConformance<NetStackSteeredFixture>;

public sealed class NetStackSteeredOrder : OrderConformance<NetStackSteeredFixture>;

public sealed class NetStackSteeredUnsend : UnsendConformance<NetStackSteeredFixture>;

public sealed class NetStackSteeredMembership : MembershipConformance<NetStackSteeredFixture>;

public sealed class NetStackSteeredWake : WakeConformance<NetStackSteeredFixture>;

public sealed class NetStackSteeredBounded : BoundedConformance<NetStackSteeredFixture>;

public sealed class NetStackSteeredFraming : FramingConformance<NetStackSteeredFixture>;

public sealed class NetStackSteeredReading : ReadingConformance<NetStackSteeredFixture>;

public sealed class NetStackSteeredClosing : ClosingConformance<NetStackSteeredFixture>;

public sealed class NetStackSteeredRunning : RunningConformance<NetStackSteeredFixture>;

public sealed class NetStackSteeredEngineAllocation : EngineAllocationConformance<NetStackSteeredFixture>;

public sealed class NetStackSteeredLatest : LatestConformance<NetStackSteeredFixture>;

public sealed class NetStackSteeredMetrics : MetricsConformance<NetStackSteeredFixture>;

public sealed class NetStackSteeredFanOut : NetStackFanOut<NetStackSteeredFixture>;

public sealed class NetStackSteeredByThreeStream : StreamConformance<NetStackSteeredByThreeFixture>;

public sealed class NetStackSteeredByThreeReceive : ReceiveConformance<NetStackSteeredByThreeFixture>;

public sealed class NetStackSteeredByThreeClose : CloseConformance<NetStackSteeredByThreeFixture>;

public sealed class NetStackSteeredByThreeConnect : ConnectConformance<NetStackSteeredByThreeFixture>;

public sealed class NetStackSteeredByThreeFault : FaultConformance<NetStackSteeredByThreeFixture>;

public sealed class NetStackSteeredByThreeChannelBehaviour : ChannelConformance<NetStackSteeredByThreeFixture>;

public sealed class NetStackSteeredByThreeDatagram : DatagramConformance<NetStackSteeredByThreeFixture>;

public sealed class NetStackSteeredByThreeOrder : OrderConformance<NetStackSteeredByThreeFixture>;

public sealed class NetStackSteeredByThreeUnsend : UnsendConformance<NetStackSteeredByThreeFixture>;

public sealed class NetStackSteeredByThreeMembership : MembershipConformance<NetStackSteeredByThreeFixture>;

public sealed class NetStackSteeredByThreeWake : WakeConformance<NetStackSteeredByThreeFixture>;

public sealed class NetStackSteeredByThreeBounded : BoundedConformance<NetStackSteeredByThreeFixture>;

public sealed class NetStackSteeredByThreeFraming : FramingConformance<NetStackSteeredByThreeFixture>;

public sealed class NetStackSteeredByThreeReading : ReadingConformance<NetStackSteeredByThreeFixture>;

public sealed class NetStackSteeredByThreeClosing : ClosingConformance<NetStackSteeredByThreeFixture>;

public sealed class NetStackSteeredByThreeRunning : RunningConformance<NetStackSteeredByThreeFixture>;

public sealed class NetStackSteeredByThreeLatest : LatestConformance<NetStackSteeredByThreeFixture>;

public sealed class NetStackSteeredByThreeMetrics : MetricsConformance<NetStackSteeredByThreeFixture>;

public sealed class NetStackSteeredByThreeFanOut : NetStackFanOut<NetStackSteeredByThreeFixture>;
