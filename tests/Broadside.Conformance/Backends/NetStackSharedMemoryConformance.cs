using Broadside.Conformance.Suites;

namespace Broadside.Conformance.Backends;

public sealed class NetStackSharedMemoryStream : StreamConformance<NetStackSharedMemoryFixture>;

public sealed class NetStackSharedMemoryReceive : ReceiveConformance<NetStackSharedMemoryFixture>;

public sealed class NetStackSharedMemoryClose : CloseConformance<NetStackSharedMemoryFixture>;

public sealed class NetStackSharedMemoryConnect : ConnectConformance<NetStackSharedMemoryFixture>;

public sealed class NetStackSharedMemoryFault : FaultConformance<NetStackSharedMemoryFixture>;

public sealed class NetStackSharedMemoryChannelBehaviour : ChannelConformance<NetStackSharedMemoryFixture>;

public sealed class NetStackSharedMemoryDatagram : DatagramConformance<NetStackSharedMemoryFixture>;
