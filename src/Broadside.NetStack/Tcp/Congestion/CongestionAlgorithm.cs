namespace Broadside.NetStack.Tcp.Congestion;

internal enum CongestionAlgorithm : byte
{
    Cubic,
    Reno,
}
