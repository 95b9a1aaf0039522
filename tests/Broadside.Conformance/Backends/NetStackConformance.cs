using Broadside.Conformance.Suites;

namespace Broadside.Conformance.Backends;

public sealed class NetStackStream : StreamConformance<NetStackFixture>;

public sealed class NetStackReceive : ReceiveConformance<NetStackFixture>;

public sealed class NetStackClose : CloseConformance<NetStackFixture>;

public sealed class NetStackConnect : ConnectConformance<NetStackFixture>;

public sealed class NetStackFault : FaultConformance<NetStackFixture>;

public sealed class NetStackChannelBehaviour : ChannelConformance<NetStackFixture>;

public sealed class NetStackDatagram : DatagramConformance<NetStackFixture>;

public sealed class NetStackAllocation : AllocationConformance<NetStackFixture>;

public sealed class NetStackLatencyStream : StreamConformance<NetStackLatencyFixture>;

public sealed class NetStackLatencyReceive : ReceiveConformance<NetStackLatencyFixture>;

public sealed class NetStackLatencyClose : CloseConformance<NetStackLatencyFixture>;

public sealed class NetStackLatencyConnect : ConnectConformance<NetStackLatencyFixture>;

public sealed class NetStackLatencyFault : FaultConformance<NetStackLatencyFixture>;

public sealed class NetStackLatencyChannelBehaviour : ChannelConformance<NetStackLatencyFixture>;

public sealed class NetStackLatencyDatagram : DatagramConformance<NetStackLatencyFixture>;

public sealed class NetStackLatencyAllocation : AllocationConformance<NetStackLatencyFixture>;
