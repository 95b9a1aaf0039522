using Broadside.Conformance.Suites;

namespace Broadside.Conformance.Backends;

public sealed class SimulatedStream : StreamConformance<SimulatedFixture>;

public sealed class SimulatedReceive : ReceiveConformance<SimulatedFixture>;

public sealed class SimulatedClose : CloseConformance<SimulatedFixture>;

public sealed class SimulatedConnect : ConnectConformance<SimulatedFixture>;

public sealed class SimulatedFault : FaultConformance<SimulatedFixture>;

public sealed class SimulatedChannelBehaviour : ChannelConformance<SimulatedFixture>;

public sealed class SimulatedDatagram : DatagramConformance<SimulatedFixture>;

public sealed class SimulatedZeroCopyStream : StreamConformance<SimulatedZeroCopyFixture>;

public sealed class SimulatedZeroCopyReceive : ReceiveConformance<SimulatedZeroCopyFixture>;

public sealed class SimulatedZeroCopyClose : CloseConformance<SimulatedZeroCopyFixture>;

public sealed class SimulatedZeroCopyConnect : ConnectConformance<SimulatedZeroCopyFixture>;

public sealed class SimulatedZeroCopyFault : FaultConformance<SimulatedZeroCopyFixture>;

public sealed class SimulatedZeroCopyChannelBehaviour : ChannelConformance<SimulatedZeroCopyFixture>;

public sealed class SimulatedZeroCopyDatagram : DatagramConformance<SimulatedZeroCopyFixture>;
