using Broadside.Conformance.Suites;

namespace Broadside.Conformance.Backends;

public sealed class NetStackTunStream : StreamConformance<NetStackTunFixture>;

public sealed class NetStackTunReceive : ReceiveConformance<NetStackTunFixture>;

public sealed class NetStackTunClose : CloseConformance<NetStackTunFixture>;

public sealed class NetStackTunConnect : ConnectConformance<NetStackTunFixture>;

public sealed class NetStackTunFault : FaultConformance<NetStackTunFixture>;

public sealed class NetStackTunChannelBehaviour : ChannelConformance<NetStackTunFixture>;

public sealed class NetStackTunDatagram : DatagramConformance<NetStackTunFixture>;

public sealed class NetStackTunConnectingStream : StreamConformance<NetStackTunConnectingFixture>;

public sealed class NetStackTunConnectingReceive : ReceiveConformance<NetStackTunConnectingFixture>;

public sealed class NetStackTunConnectingClose : CloseConformance<NetStackTunConnectingFixture>;

public sealed class NetStackTunConnectingConnect : ConnectConformance<NetStackTunConnectingFixture>;

public sealed class NetStackTunConnectingFault : FaultConformance<NetStackTunConnectingFixture>;

public sealed class NetStackTunConnectingChannelBehaviour : ChannelConformance<NetStackTunConnectingFixture>;

public sealed class NetStackTunConnectingDatagram : DatagramConformance<NetStackTunConnectingFixture>;
