using Broadside.PacketScripts.Running;

namespace Broadside.PacketScripts;

/// <summary>The stack that scripts run against.</summary>
internal static class StackUnderTest
{
    public static IStackUnderTest Create(StackSettings settings) =>
        throw new ScriptUnsupportedException(1, "the stack has no TCP yet");
}
