using System.Net;
using Broadside.PacketScripts.Parsing;

namespace Broadside.PacketScripts.Running;

/// <summary>A packet that the stack has sent.</summary>
/// <param name="Time">When.</param>
/// <param name="Source">Its address, and its port if it has one.</param>
/// <param name="Destination">Where it went.</param>
/// <param name="Packet">What is in it, in the numbers of the wire; all fields are there.</param>
internal sealed record CapturedPacket(TimeSpan Time, IPEndPoint Source, IPEndPoint Destination, ScriptPacket Packet);
