using Broadside.Conformance.Engine;

namespace Broadside.Conformance.Backends;

public sealed class SocketsOrder : OrderConformance<SocketsFixture>;

public sealed class SocketsUnsend : UnsendConformance<SocketsFixture>;

public sealed class SocketsMembership : MembershipConformance<SocketsFixture>;

public sealed class SocketsWake : WakeConformance<SocketsFixture>;
