// Rotates chunks of a head, one a cycle. The tag travels with its chunk.
module pim_rope #(
    parameter int StreamLanes = 32,
    parameter int TagBits = 16
) (
    input  logic                      clk_i,
    input  logic                      rst_ni,
    input  logic [              31:0] position_i,
    input  logic                      valid_i,
    input  logic [       TagBits-1:0] tag_i,
    input  logic [32*StreamLanes-1:0] chunk_i,
    input  logic [16*StreamLanes-1:0] frequencies_i,
    output logic                      valid_o,
    output logic [       TagBits-1:0] tag_o,
    output logic [32*StreamLanes-1:0] chunk_o,
    output logic                      busy_o
);
  logic valid1_q, valid2_q;
  logic [TagBits-1:0] tag1_q, tag2_q;
  assign busy_o = valid1_q || valid2_q || valid_o;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid1_q <= 1'b0;
      valid2_q <= 1'b0;
      valid_o  <= 1'b0;
      tag1_q   <= '0;
      tag2_q   <= '0;
      tag_o    <= '0;
    end else begin
      valid1_q <= valid_i;
      valid2_q <= valid1_q;
      valid_o  <= valid2_q;
      tag1_q   <= tag_i;
      tag2_q   <= tag1_q;
      tag_o    <= tag2_q;
    end
  end

  for (genvar i = 0; i < StreamLanes / 2; i++) begin : g_pair
    pim_rope_lane u_lane (
        .clk_i      (clk_i),
        .enable_i   (valid_i || busy_o),
        .position_i (position_i),
        .frequency_i(frequencies_i[32*i+:32]),
        .a_i        (chunk_i[64*i+:32]),
        .b_i        (chunk_i[64*i+32+:32]),
        .a_o        (chunk_o[64*i+:32]),
        .b_o        (chunk_o[64*i+32+:32])
    );
  end
endmodule
