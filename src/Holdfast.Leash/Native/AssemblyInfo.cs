using System.Runtime.CompilerServices;

// Every native call is blittable. Saying so lets them be compiled ahead, instead of by a stub at the first call.
[assembly: DisableRuntimeMarshalling]
