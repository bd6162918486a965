// One pair of a head, rotated. Three stages: phase, sine and cosine, rotation.
module pim_rope_lane (
    input  logic        clk_i,
    input  logic        enable_i,
    input  logic [31:0] position_i,
    input  logic [31:0] frequency_i,
    input  logic [31:0] a_i,
    input  logic [31:0] b_i,
    output logic [31:0] a_o,
    output logic [31:0] b_o
);
  logic [31:0] phase_q;
  logic signed [31:0] a1_q, b1_q, a2_q, b2_q;
  logic signed [16:0] sine, cosine, sine_q, cosine_q;
  pim_sine u_sine (
      .phase_i(phase_q),
      .y_o    (sine)
  );
  pim_sine u_cosine (
      .phase_i(phase_q + 32'h40000000),
      .y_o    (cosine)
  );

  // |a|, |b| <= 2^31 and |sin|, |cos| <= 2^15: the sums stay below 2^47.
  logic signed [63:0] a_sum, b_sum;
  logic signed [31:0] a_rotated, b_rotated;
  assign a_sum = a2_q * cosine_q - b2_q * sine_q;
  assign b_sum = a2_q * sine_q + b2_q * cosine_q;
  pim_round_sat32 #(
      .ShiftBits(8)
  ) u_a (
      .x_i    (a_sum),
      .shift_i(8'd15),
      .y_o    (a_rotated)
  );
  pim_round_sat32 #(
      .ShiftBits(8)
  ) u_b (
      .x_i    (b_sum),
      .shift_i(8'd15),
      .y_o    (b_rotated)
  );

  always_ff @(posedge clk_i) begin
    if (enable_i) begin
      phase_q  <= position_i * frequency_i;
      a1_q     <= a_i;
      b1_q     <= b_i;
      sine_q   <= sine;
      cosine_q <= cosine;
      a2_q     <= a1_q;
      b2_q     <= b1_q;
      a_o      <= a_rotated;
      b_o      <= b_rotated;
    end
  end
endmodule
